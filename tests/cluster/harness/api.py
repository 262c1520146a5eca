"""A client of the API server: JSON over HTTPS with a bearer token."""

import json
import re
import ssl
import urllib.error
import urllib.request


class Api:
    def __init__(self, url, token):
        self.url = url
        self.token = token
        self.context = ssl.create_default_context()
        self.context.check_hostname = False
        self.context.verify_mode = ssl.CERT_NONE

    def call(self, method, path, body=None, kind="application/json"):
        data = None
        if body is not None:
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
        request = urllib.request.Request(
            self.url + path, data=data, method=method,
            headers={"Authorization": "Bearer " + self.token,
                     "Content-Type": kind, "Accept": "application/json"})
        try:
            with urllib.request.urlopen(request, context=self.context,
                                        timeout=30) as answer:
                text = answer.read().decode()
                return answer.status, json.loads(text) if text[:1] == "{" else text
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            return error.code, text

    def get(self, path):
        code, answer = self.call("GET", path)
        if code != 200:
            raise ValueError(f"GET {path}: {code}")
        return answer

    def create(self, path, body):
        code, answer = self.call("POST", path, body)
        if code not in (200, 201, 409):
            raise ValueError(f"POST {path}: {code} {answer}")
        return answer

    def ready(self):
        return self.call("GET", "/readyz")[0] == 200

    def apply_yaml(self, text):
        """Creates each document of a manifest; what exists already stays."""
        for document in re.split(r"(?m)^---$", text):
            kind = re.search(r"(?m)^kind: (\w+)$", document)
            if kind is None:
                continue
            group = re.search(r"(?m)^apiVersion: (\S+)$", document).group(1)
            name_space = re.search(r"(?m)^  namespace: (\S+)$", document)
            path = "/api/v1" if group == "v1" else "/apis/" + group
            if name_space:
                path += "/namespaces/" + name_space.group(1)
            path += f"/{kind.group(1).lower()}s"
            code, answer = self.call("POST", path, document,
                                     "application/yaml")
            if code not in (201, 409):
                raise ValueError(f"POST {path}: {code} {answer}")
