"""The faults, calm spells and lies of scripts/heal on the real cluster."""

import dataclasses
import itertools
from typing import Callable

from heal_cases import Case


@dataclasses.dataclass
class RealCase(Case):
    shape: dict = dataclasses.field(default_factory=dict)  # of its Deployments
    prepare: Callable = lambda played, space: None


def by_place(cases, case):
    return f"{cases.index(case):02}"


def leak(world, chance):
    rate = int(chance.uniform(20, 28))
    for pod in world.pods("cart"):
        world.tell(pod, f"leak?{rate}")


def crash_loop(world, chance):
    world.tell(chance.choice(world.pods("checkout")), "crash-loop")


def out_of_memory(world, chance):
    """Little room is left, and now and then a request needs more: in one pod,
    then in the next."""
    need = int(chance.uniform(24, 32))
    ticks = itertools.count()

    def spike():
        tick = next(ticks)
        pods = sorted(world.pods("cart"), key=lambda p: p["metadata"]["name"])
        if tick % 6 == 0:
            world.tell(pods[tick // 6 % len(pods)], f"spike?{need}")
    world.again_and_again(spike)


def throttling(world, chance):
    """More work than three pods may do, shared by all that are ready."""
    work = chance.uniform(345, 365)

    def balance():
        pods = world.pods("cart")
        for pod in pods:
            world.tell(pod, f"burn?{int(work / len(pods))}")
    world.again_and_again(balance)


def slow_pod(world, chance):
    world.tell(chance.choice(world.pods("cart")),
               f"slow?{int(chance.uniform(700, 1500))}")


def leaking_pool(world, chance):
    world.tell(chance.choice(world.pods("checkout")), "hold?10")


def bad_revision(world, chance):
    """Its memory is more than its limit; the old pods serve on."""
    container = {"name": "app", "args": ["--base",
                                         str(chance.randrange(400, 600))]}
    world.patch("cart", {"spec": {"template": {"spec": {
        "containers": [container]}}}})


def stuck_node(world, chance):
    node = chance.choice(world.nodes())
    world.set_condition(node, "True")
    return f"^{node}/"


def full_volume(world, chance):
    world.played.used_gib[world.space, "data"] = chance.uniform(9.35, 9.7)


def certificate_ends(world, chance):
    world.played.end_certificate(world.space, "tls", chance.uniform(3, 12))


def lie(world, _):
    world.post({"alertname": "KubeMemoryLeak", "deployment": "cart"})


def some_load(world, chance):
    """Busy, and far from any limit."""
    for pod in world.pods("cart") + world.pods("checkout"):
        world.tell(pod, f"burn?{int(chance.uniform(10, 60))}")


CASES = [
    RealCase("memory_leak", "a leak in every pod", leak, "/cart", seconds=300),
    RealCase("crash_loop", "one pod crashes", crash_loop, "/checkout",
             seconds=240),
    RealCase("oom_killed", "a limit that is too low", out_of_memory, "/cart",
             approve=True, seconds=300, shape={"base_mib": 108}),
    RealCase("cpu_throttling", "more load than the limits", throttling,
             "deployments/cart", seconds=240, shape={"cpu": "100m"}),
    RealCase("network_latency", "one pod answers slowly", slow_pod,
             "/cart", seconds=240),
    RealCase("connection_pool_exhaustion", "one pod keeps its connections",
             leaking_pool, "/pods/checkout-", seconds=240),
    RealCase("config_drift", "a new revision that cannot run", bad_revision,
             "deployments/cart$", approve=True, seconds=300),
    RealCase("disk_pressure", "a volume fills (its controller is played)",
             full_volume, "/claims/data", seconds=240,
             prepare=lambda played, space: played.make_claim(
                 space, "data", 10, 8)),
    RealCase("certificate_expiry",
             "a certificate ends (cert-manager is played)", certificate_ends,
             "/certificates/tls", seconds=240,
             prepare=lambda played, space: played.make_certificate(
                 space, "tls")),
    RealCase("healthy", "busy pods", some_load, "", phase="", most_actions=0,
             seconds=60),
    RealCase("adversarial", "an alert without a cause", lie, "",
             phase="Dismissed", most_actions=0, seconds=60),
    RealCase("node_pressure", "a node's kernel is stuck", stuck_node, "",
             seconds=300),
]
