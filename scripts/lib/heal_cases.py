"""The faults, calm spells and lies of scripts/heal on the simulator."""

import dataclasses
import random
from typing import Callable

NODES = "guards: {nodes: true}\n"


@dataclasses.dataclass
class Case:
    """One fault and what may be done about it."""
    type: str
    name: str
    inject: Callable  # (world, random.Random) -> None, or instead of may_touch
    may_touch: str  # regular expression of the paths that may be changed
    phase: str = "Mitigated"
    most_actions: int = 1
    seconds: float = 150
    config: str = NODES
    approve: bool = False


def leak(stack, chance):
    stack.inject("cart", {"behaviour": "leak", "rate-mib-per-min":
                          chance.uniform(9, 16), "noise": noise(chance)})


def crash_loop(stack, chance):
    stack.inject("checkout", {"behaviour": "crash-loop", "crash-after-seconds":
                              chance.uniform(15, 40)}, pods=1)


def throttling(stack, chance):
    stack.inject("catalog", {"behaviour": "cpu", "cpu-millicores":
                             chance.uniform(2200, 2350)}, persist=True)


def volume(stack, chance):
    stack.annotate("/api/v1/namespaces/shop/persistentvolumeclaims/data-orders-0",
                   {"sim.selfheal.dev/used-mib":
                    str(int(chance.uniform(9350, 9600)))})


def certificate(stack, chance):
    stack.end_certificate("shop-tls", days=chance.uniform(3, 12))


def slow_pod(stack, chance):
    stack.inject("cart", {"latency-seconds": chance.uniform(0.6, 1.5)}, pods=1)


def slow_dependency(stack, chance):
    stack.inject("cart", {"latency-seconds": chance.uniform(0.6, 1.5)},
                 persist=True)


def leaking_pool(stack, chance):
    stack.inject("checkout", {"pool-leak-per-min": chance.uniform(60, 120)},
                 pods=1)


def bad_revision(stack, chance):
    stack.patch("/apis/apps/v1/namespaces/shop/deployments/checkout", {
        "spec": {"template": {"spec": {"containers": [{
            "name": "checkout", "image": "checkout:crash"}]}}}},
        "application/strategic-merge-patch+json")


def sick_node(stack, chance):
    stack.set_node(chance.choice(("node-1", "node-2")), "MemoryPressure",
                   "True")


def noise(chance):
    return round(chance.uniform(0.005, 0.02), 4)


HEALED = [
    Case("memory_leak", "a leak in every pod", leak, "cart", most_actions=1),
    Case("crash_loop", "one pod crashes", crash_loop, "/pods/checkout-"),
    Case("cpu_throttling", "more load than the limits", throttling,
         "horizontalpodautoscalers/catalog"),
    Case("network_latency", "one pod answers slowly", slow_pod, "/pods/cart-"),
    Case("connection_pool_exhaustion", "one pod keeps its connections",
         leaking_pool, "/pods/checkout-"),
    Case("crash_loop", "a new revision crashes", bad_revision,
         "deployments/checkout$", approve=True, seconds=240),
    Case("node_pressure", "a node is short of memory", sick_node,
         "nodes/node-[12]$|/eviction$", seconds=240),
    Case("disk_pressure", "a volume fills", volume,
         "persistentvolumeclaims/data-orders-0"),
    Case("certificate_expiry", "cert-manager's certificate ends", certificate,
         "certificates/shop-tls"),
]


def noisy(stack, chance):
    for name in ("cart", "checkout"):
        stack.inject(name, {"behaviour": "noisy", "noise": 0.1})


def sawtooth(stack, chance):
    """Garbage is collected again and again; the level never stays."""
    stack.inject("cart", {"behaviour": "calm",
                          "memory-base-mib": 64 * chance.uniform(0.9, 1.2),
                          "noise": 0.15})


def burst(stack, chance):
    stack.inject("catalog", {"requests-per-second": chance.uniform(100, 160)})


def deploy(stack, chance):
    stack.patch("/apis/apps/v1/namespaces/shop/deployments/cart", {
        "spec": {"template": {"metadata": {"annotations": {
            "release": f"r{chance.randrange(1000)}"}}}}})


CALM = [
    Case("healthy", "noisy pods", noisy, "", phase="", most_actions=0,
         seconds=60),
    Case("healthy", "a sawtooth of garbage collection", sawtooth, "", phase="",
         most_actions=0, seconds=60),
    Case("healthy", "a burst of requests", burst, "", phase="", most_actions=0,
         seconds=60),
    Case("healthy", "a deploy", deploy, "", phase="", most_actions=0,
         seconds=60),
]


def lie(stack, chance):
    stack.post_alert({"alertname": "KubeMemoryLeak", "namespace": "shop",
                      "deployment": "cart"})


def lie_about_nothing(stack, chance):
    stack.post_alert({"alertname": "KubeMemoryLeak", "namespace": "shop",
                      "pod": "ghost-5d7f9c6b8-abcde"})


def restart_never_helps(stack, chance):
    stack.inject("checkout", {"behaviour": "crash-loop",
                              "crash-after-seconds": chance.uniform(3, 8)},
                 persist=True)


def more_never_helps(stack, chance):
    stack.inject("catalog", {"behaviour": "cpu", "cpu-millicores":
                             chance.uniform(9000, 12000)}, persist=True)


def budget_in_the_way(stack, chance):
    stack.patch("/apis/policy/v1/namespaces/shop/poddisruptionbudgets/cart",
                {"spec": {"maxUnavailable": 0}})
    leak(stack, chance)


def api_server_restarts(stack, chance):
    """For some seconds every answer is lost, from the first request on."""
    leak(stack, chance)
    stack.lose_answers(count=chance.randrange(20, 60))


def prometheus_dies(stack, chance):
    leak(stack, chance)
    stack.prometheus.stop()
    lie(stack, chance)


def storm(stack, chance):
    for i in range(30):
        stack.make_deployment(f"w{i:02}")
    for i in range(30):
        stack.post_alert({"alertname": "KubeMemoryLeak", "namespace": "shop",
                          "deployment": f"w{i:02}"}, starts_at=stack.now())


LIES = [
    Case("adversarial", "an alert without a cause", lie, "", phase="Dismissed",
         most_actions=0, seconds=60),
    Case("adversarial", "an alert about nothing", lie_about_nothing, "",
         phase="Escalated", most_actions=0, seconds=60),
    Case("adversarial", "a crash that no restart cures", restart_never_helps,
         "/pods/checkout-", phase="Escalated", most_actions=1, seconds=240),
    Case("adversarial", "replicas that do not help", more_never_helps,
         "horizontalpodautoscalers/catalog", phase="Escalated", most_actions=1,
         seconds=240),
    Case("adversarial", "a budget that allows no disruption", budget_in_the_way,
         "", phase="", most_actions=0, seconds=90),
    Case("adversarial", "the API server is away for a while",
         api_server_restarts, "cart", phase="Mitigated", most_actions=1,
         seconds=240),
    Case("adversarial", "a slow dependency of all pods", slow_dependency, "",
         phase="Escalated", most_actions=0, seconds=120),
    Case("adversarial", "Prometheus stops", prometheus_dies, "",
         phase="Escalated", most_actions=0, seconds=120),
    Case("adversarial", "a storm of 30 workloads", storm, "/w", phase="",
         most_actions=1, seconds=60),
]


def chance_of(seed):
    return random.Random(seed * 7919 + 17)
