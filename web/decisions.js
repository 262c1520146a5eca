// Approve and deny: what follows from each, before it is done.
import {post} from "./api.js";
import {confirm} from "./decide.js";
import {targetName} from "./words.js";

const decide = (one, verb, reason) =>
  post(`/api/v1/incidents/${one.id}/${verb}`,
    {plan_hash: one.plan.hash, reason});

const planFacts = ({plan, target}) => [
  ["Target", `${target.kind} ${targetName(target)}`],
  ["Reaches", plan.change.blast_radius],
  ["Risk", plan.risk],
  ["Plan", plan.hash],
];

export function approve(one, refresh) {
  const {approval, plan} = one;
  const last = approval.lacking <= 1;
  confirm({
    title: "Approve this change?",
    consequence: [
      last ? `Then this is done: ${plan.change.summary}`
        : `One more person is asked then; after that this is done: ${plan.change.summary}`,
      "First the evidence is read anew and every guard is asked again. Where they disagree, nothing is done.",
      "If the object or the plan has changed meanwhile, your approval does not count.",
    ],
    facts: planFacts(one),
    button: "Approve the change", reason: "Why (stands in the audit)",
    send: (reason) => decide(one, "approve", reason), done: refresh,
  });
}

export function deny(one, refresh) {
  confirm({
    title: "Deny this change?",
    consequence: [
      `This is not done: ${one.plan.change.summary}`,
      "The incident ends as cancelled. What is wrong with the target stays wrong: somebody has to look after it.",
      "For one hour nobody is asked again for the same change of this target: an incident that comes to it is cancelled, too.",
      "An incident that comes to another change, or later, asks anew.",
    ],
    facts: planFacts(one),
    button: "Deny the change", danger: true, reason: "Why (stands in the audit)",
    send: (reason) => decide(one, "deny", reason), done: refresh,
  });
}
