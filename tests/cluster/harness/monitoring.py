"""kube-state-metrics, Prometheus and Alertmanager for the cluster."""

import os
import urllib.request

from harness.control_plane import assets_folder
from harness.processes import free_port, wait_until, write


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def _prometheus_config(nodes, ports, rules, interval):
    kubelets = "\n".join(
        f"    - targets: ['127.0.0.1:{node.port}']\n"
        f"      labels: {{node: {node.name}}}" for node in nodes)
    return f"""global:
  scrape_interval: {interval}
  scrape_timeout: {interval}
  evaluation_interval: {interval}
rule_files: [{', '.join(repr(each) for each in rules)}]
alerting:
  alertmanagers:
  - static_configs: [{{targets: ['127.0.0.1:{ports.alertmanager}']}}]
scrape_configs:
- job_name: kube-state-metrics
  honor_labels: true
  static_configs: [{{targets: ['127.0.0.1:{ports.ksm}']}}]
  metric_relabel_configs:
  - {{action: labeldrop, regex: 'instance|job'}}
- job_name: kubelet
  scheme: https
  metrics_path: /metrics/cadvisor
  honor_timestamps: false
  tls_config: {{insecure_skip_verify: true}}
  static_configs:
{kubelets}
- job_name: pods
  http_sd_configs:
  - {{url: 'http://127.0.0.1:{ports.played}/targets', refresh_interval: 2s}}
- job_name: played
  honor_labels: true
  static_configs: [{{targets: ['127.0.0.1:{ports.played}']}}]
"""


def _alertmanager_config(webhook, token_file):
    receiver = "- name: selfheal\n"
    if webhook:
        receiver += (
            "  webhook_configs:\n"
            f"  - url: {webhook}\n"
            "    send_resolved: true\n"
            "    max_alerts: 0\n")
        if token_file:
            receiver += (
                "    http_config:\n"
                "      authorization: {type: Bearer, "
                f"credentials_file: {token_file}}}\n")
    return f"""route:
  receiver: selfheal
  group_by: [alertname, namespace]
  group_wait: 1s
  group_interval: 5s
  repeat_interval: 1h
receivers:
{receiver}"""


class Ports:
    def __init__(self):
        self.ksm = free_port()
        self.prometheus = free_port()
        self.alertmanager = free_port()
        self.played = free_port()  # harness/played.py listens there, if it does


class Monitoring:
    def __init__(self, folder, processes):
        self.folder = folder
        self.processes = processes
        self.ports = Ports()

    @property
    def prometheus_url(self):
        return f"http://127.0.0.1:{self.ports.prometheus}"

    @property
    def alertmanager_url(self):
        return f"http://127.0.0.1:{self.ports.alertmanager}"

    def start(self, control_plane, nodes, options):
        program = os.path.join(assets_folder(), "kube-state-metrics")
        self.processes.start("kube-state-metrics", [
            program, "--kubeconfig", control_plane.kubeconfig,
            "--host", "127.0.0.1", "--port", str(self.ports.ksm),
            "--telemetry-host", "127.0.0.1",
            "--telemetry-port", str(free_port()),
            "--resources", "pods,deployments,replicasets,statefulsets,"
            "daemonsets,nodes,horizontalpodautoscalers,poddisruptionbudgets"])
        alertmanager = write(
            os.path.join(self.folder, "alertmanager.yml"),
            _alertmanager_config(options.webhook, options.token_file))
        self.processes.start("alertmanager", [
            "prometheus-alertmanager", "--config.file", alertmanager,
            "--storage.path", os.path.join(self.folder, "alertmanager"),
            "--cluster.listen-address=", "--web.listen-address",
            f"127.0.0.1:{self.ports.alertmanager}"])
        config = write(
            os.path.join(self.folder, "prometheus.yml"),
            _prometheus_config(
                nodes, self.ports,
                [os.path.abspath(r) for r in options.rules],
                options.interval))
        self.processes.start("prometheus", [
            "prometheus", "--config.file", config,
            "--storage.tsdb.path", os.path.join(self.folder, "prometheus"),
            "--web.enable-lifecycle", "--web.listen-address",
            f"127.0.0.1:{self.ports.prometheus}"])

    def wait(self):
        wait_until("Prometheus", lambda: answers(
            self.prometheus_url + "/-/ready"), 60)
        wait_until("Alertmanager", lambda: answers(
            self.alertmanager_url + "/-/ready"), 60)
