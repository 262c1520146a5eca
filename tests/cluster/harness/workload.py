"""The application of the tests as Kubernetes objects."""

from harness.images import FAULTY


def name_space(name):
    return {"apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": name}}


def deployment(name, replicas=3, base_mib=24, memory="128Mi", cpu="300m",
               load=0):
    """`load`: requests a second that each pod makes of itself."""
    container = {
        "name": "app", "image": FAULTY, "imagePullPolicy": "Never",
        "args": ["--base", str(base_mib), "--load", str(load)],
        "ports": [{"name": "http", "containerPort": 8080}],
        "resources": {"limits": {"memory": memory, "cpu": cpu},
                      "requests": {"memory": "64Mi", "cpu": "20m"}},
        "readinessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 1},
        "volumeMounts": [{"name": "state", "mountPath": "/state"}]}
    return {
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"terminationGracePeriodSeconds": 2,
                         "containers": [container],
                         "volumes": [{"name": "state", "emptyDir": {}}]}}}}


def create(api, space, body):
    api.create("/api/v1/namespaces", name_space(space))
    return api.create(f"/apis/apps/v1/namespaces/{space}/deployments", body)


def pods(api, space, name):
    """The live pods of a Deployment, terminating ones left out."""
    items = api.get(f"/api/v1/namespaces/{space}/pods"
                    f"?labelSelector=app%3D{name}")["items"]
    return [pod for pod in items
            if "deletionTimestamp" not in pod["metadata"]]


def available(api, space, name):
    """True once the Deployment is rolled out and available as a whole."""
    it = api.get(f"/apis/apps/v1/namespaces/{space}/deployments/{name}")
    status = it["status"]
    wanted = it["spec"]["replicas"]
    return (status.get("observedGeneration", 0) >= it["metadata"]["generation"]
            and status.get("updatedReplicas", 0) == wanted
            and status.get("replicas", 0) == wanted
            and status.get("availableReplicas", 0) == wanted)


def address(pod):
    return f"http://{pod['status']['podIP']}:8080"


def container(pod):
    return pod["status"]["containerStatuses"][0]
