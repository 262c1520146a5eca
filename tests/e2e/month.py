"""A month of a cluster as Prometheus would remember it: OpenMetrics text.

Twelve Deployments whose memory follows the day. Every alert is KubeMemoryLeak;
one in five fires on a leak that reaches for the limit, the others on nothing.
"""

import dataclasses
import math
import random

DAY = 86400
STEP = 60
SELDOM = 240  # What never changes; below Prometheus' look-back of 5 min.
MIB = 1 << 20
LIMIT = 512 * MIB
GROWTH = 90 * 60
FIRES = 12 * 60


@dataclasses.dataclass
class PastAlert:
    at: int
    workload: str
    real: bool


class Month:
    def __init__(self, end, days=30, workloads=12, alerts=500, seed=1):
        self.random = random.Random(seed)
        self.end = end // STEP * STEP
        self.begin = self.end - days * DAY
        self.workloads = [f"app-{i:02d}" for i in range(workloads)]
        self.alerts = self.plan(alerts)

    def plan(self, count):
        """Spread over the month; the first four days are history alone."""
        first = self.begin + 4 * DAY
        gap = (self.end - first - 3600) * len(self.workloads) // count
        alerts = []
        for i in range(count):
            turn, index = divmod(i, len(self.workloads))
            at = first + turn * gap + index * gap // len(self.workloads)
            at += self.random.randrange(gap // 8)
            alerts.append(PastAlert(at // STEP * STEP, self.workloads[index],
                                    self.random.random() < 0.2))
        return alerts

    def memory(self, workload):
        """(time, bytes) a step: a day's wave, noise, and the leaks."""
        leaks = sorted(a.at for a in self.alerts
                       if a.workload == workload and a.real)
        phase = self.random.random() * DAY
        points = []
        next_leak = 0
        for now in range(self.begin, self.end, STEP):
            while next_leak < len(leaks) and now > leaks[next_leak] + FIRES:
                next_leak += 1
            level = 220 + 20 * math.sin((now + phase) * 2 * math.pi / DAY)
            level += self.random.gauss(0, 3)
            if next_leak < len(leaks):
                grown = now - (leaks[next_leak] - GROWTH)
                if grown > 0:
                    level += 260 * grown / GROWTH
            points.append((now, int(min(level, 511) * MIB)))
        return points

    def write(self, file):
        def family(name, series):
            file.write(f"# TYPE {name} gauge\n")
            for labels, points in series:
                head = name + "{" + ",".join(
                    f'{k}="{v}"' for k, v in labels.items()) + "} "
                file.writelines(f"{head}{value} {at}\n" for at, value in points)

        def constant(value):
            return [(at, value) for at in range(self.begin, self.end, SELDOM)]

        pods = {w: {"namespace": "shop", "pod": self.pod(w)}
                for w in self.workloads}
        family("container_memory_working_set_bytes", [
            (pods[w] | {"container": "main"}, self.memory(w)) for w in pods])
        family("kube_pod_container_resource_limits", [
            (pods[w] | {"container": "main", "resource": "memory"},
             constant(LIMIT)) for w in pods])
        family("kube_pod_info", [
            (pods[w] | {"node": "n1", "created_by_kind": "ReplicaSet",
                        "created_by_name": f"{w}-5d89f7c6b4"}, constant(1))
            for w in pods])
        family("kube_pod_status_ready", [
            (pods[w] | {"condition": "true"}, constant(1)) for w in pods])
        family("kube_replicaset_owner", [
            ({"namespace": "shop", "replicaset": f"{w}-5d89f7c6b4",
              "owner_kind": "Deployment", "owner_name": w}, constant(1))
            for w in pods])
        family("kube_deployment_spec_replicas", [
            ({"namespace": "shop", "deployment": w}, constant(1))
            for w in pods])
        family("ALERTS", [
            ({"alertname": "Watchdog", "alertstate": "firing"}, constant(1))
        ] + [(pods[w] | {"alertname": "KubeMemoryLeak", "alertstate": "firing"},
              [(at, 1) for alert in self.alerts if alert.workload == w
               for at in range(alert.at, alert.at + FIRES, STEP)])
             for w in pods])
        file.write("# EOF\n")

    @staticmethod
    def pod(workload):
        return f"{workload}-5d89f7c6b4-abcde"
