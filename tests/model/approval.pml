/* One question to people, from its asking to the intent that uses it: two
 * approvers who click twice and late on what they were shown, a store whose
 * steps are atomic, a flow that dies anywhere, a world that changes the plan.
 *
 *   Ask, Decide, Consume          sqlite/approval_rows.cc
 *   Flow                          flow/decide.cc HearPeople, flow/mutate.cc
 *   Desk, an input worked twice   slack/approval_desk.cc, sqlite/chat_rows.cc
 *
 * Each guard is a macro: tests/checks/model.sh takes one out at a time, and the
 * model must then fail.
 */
#define PLANS 2  /* it changes once */
#define PEOPLE 2 /* who have to say yes */

#ifndef OPEN    /* a decided question is not decided again */
#define OPEN state == pending
#endif
#ifndef SAME    /* an answer is to the plan that was shown */
#define SAME asked == p
#endif
#ifndef IN_TIME /* neither a late answer nor a late grant counts */
#define IN_TIME !late
#endif
#ifndef NEW     /* two yeses of one person are one */
#define NEW !yes[who]
#endif
#ifndef CURRENT /* after a grant the plan is made anew */
#define CURRENT asked == cur
#endif
#ifndef USED    /* a grant is used up */
#define USED consumed
#endif

mtype = { none, pending, granted, denied, expired, consumed };

/* The world, and what people look at. */
byte plan = 0;
byte shown = 0;
bool visible = false;

/* The stored question. */
mtype state = none;
byte asked = 0;
bool late = false;
bool yes[PEOPLE];
byte yeses = 0;

/* What really happened, for the assertions alone. */
byte approved[PEOPLE];  /* Bit p: clicked yes on plan p. */
bool refused = false;   /* The stored question got a no that was taken. */
byte intents = 0;       /* That used the stored question. */
bool ended = false;

chan clicks = [2] of { byte, byte, bool };

inline Ask(p) {
  atomic {
    state = pending; asked = p; late = false; refused = false;
    yes[0] = false; yes[1] = false; yeses = 0; intents = 0;
  }
}

inline Decide(who, p, grant) {
  atomic {
    if
    :: OPEN && SAME && IN_TIME ->
       if
       :: !grant -> state = denied; refused = true
       :: grant && NEW -> yes[who] = true; yeses++
       :: grant && !(NEW) -> skip /* "has granted it already" */
       fi;
       if :: grant && yeses >= PEOPLE -> state = granted :: else fi
    :: else /* Refused, and told so. */
    fi
  }
}

/* @param cur  the plan of which the intent is */
inline Consume(cur) {
  atomic {
    if
    :: state == granted && CURRENT && IN_TIME ->
       state = USED;
       intents++;
       assert(intents == 1);      /* used once */
       assert(!refused);          /* never after a no */
       assert(!late);             /* never after its expiry */
       assert(approved[0] & (1 << cur));  /* each of the two has said yes */
       assert(approved[1] & (1 << cur));  /* to this very plan */
    :: else
    fi
  }
}

active [PEOPLE] proctype Person() {
  byte saw; bool grant; byte left = 2;
  do
  :: left > 0 && visible ->
     atomic { left--; saw = shown; if :: grant = true :: grant = false fi;
              if :: grant -> approved[_pid] = approved[_pid] | (1 << saw)
                 :: else fi }
     clicks!_pid, saw, grant;
     if :: clicks!_pid, saw, grant /* a double click */ :: skip fi
  :: break
  od
}

active proctype Desk() {
  byte who; byte p; bool grant;
end:
  do
  :: clicks?who, p, grant ->
     Decide(who, p, grant);
     /* It may have died before it noted that it was done. */
     if :: Decide(who, p, grant) :: skip fi
  od
}

active proctype World() {
  do
  :: plan < PLANS - 1 -> plan++
  :: state == pending || state == granted -> late = true
  :: visible && shown != asked -> shown = asked /* the message follows */
  :: ended -> break
  od
}

active proctype Flow() {
  byte cur;
again: /* A pass, and where a new process begins. */
  if
  :: state == none -> cur = plan; Ask(cur); visible = true; goto again
  :: state == pending && late ->
     atomic { if :: state == pending && late -> state = expired :: else fi }
     goto again
  :: state == denied || state == expired -> ended = true
  :: state == granted ->
     if
     :: late -> ended = true
     :: else ->
        cur = plan;
        if :: goto again /* dies, or a guard waits */ :: skip fi;
        if :: !(CURRENT) -> Ask(cur); goto again :: else fi;
        Consume(cur);
        goto again
     fi
  :: state == consumed -> ended = true
  fi
}
