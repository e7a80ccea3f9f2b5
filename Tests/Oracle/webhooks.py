"""Receives what gradus sends and checks it with the reference library of Standard Webhooks.

An exam is made and graded, with a receiver on this machine. Each delivery must verify with the
`standardwebhooks` package under the shared secret and with `cryptography` under the public key,
fit its JSON Schema, and no longer verify once anything in it is changed; while keys rotate, under
the old secret and the new one.
"""

import argparse
import base64
import datetime
import json
import pathlib
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jsonschema
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Receiver(ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.arrived = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.arrived.append(({name: self.headers[name] for name in HEADERS}, body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def is_refused(secret, headers, body):
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return True
    return False


def forgeries(headers, body):
    """The delivery with one thing changed, named."""
    sent = int(headers["webhook-timestamp"])
    version, code = headers["webhook-signature"].split(" ")[0].split(",", 1)
    bent = bytearray(base64.b64decode(code))
    bent[0] ^= 1
    changes = {
        "another id": {"webhook-id": headers["webhook-id"] + "x"},
        "a second later": {"webhook-timestamp": str(sent + 1)},
        "ten minutes old": {"webhook-timestamp": str(sent - 600)},
        "ten minutes ahead": {"webhook-timestamp": str(sent + 600)},
        "a bit of the signature": {
            "webhook-signature": f"{version},{base64.b64encode(bent).decode()}"
        },
        "another version": {"webhook-signature": f"v2,{code}"},
        "no signature": {"webhook-signature": ""},
    }
    for name, change in changes.items():
        yield name, headers | change, body
    for place in range(0, len(body), 17):
        yield f"byte {place}", headers, body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
    yield "a blank at the end", headers, body + b" "


def has_public_signature(public_key, headers, body):
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key.removeprefix("whpk_")))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    for signature in headers["webhook-signature"].split(" "):
        version, code = signature.split(",", 1)
        if version == "v1a":
            try:
                key.verify(base64.b64decode(code), content)
                return True
            except InvalidSignature:
                continue
    return False


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--gradus", required=True, type=pathlib.Path)
    program = arguments.parse_args().gradus.resolve()
    demonstration = pathlib.Path(__file__).resolve().parents[2] / "deploy" / "demo"
    receiver = Receiver()
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder)

        def gradus(*words):
            done = subprocess.run(
                [program, *words], cwd=home, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"gradus {' '.join(words)}: {done.stderr}"
            return done.stdout

        (home / "secret").write_text((demonstration / "secret.hex").read_text())
        (home / "secret").chmod(0o600)
        gradus("new", "mock-ml", "--secret-file", "secret")
        home = home / "mock-ml"
        gradus("generate")
        gradus("migrate")
        schemas = {}
        for line in gradus("webhook", "schema").splitlines():
            if "." in (name := line.split(" ")[0]):
                schemas[name] = json.loads(gradus("webhook", "schema", name))
        wanted = [name for name in schemas if name != "webhook.test"]
        endpoint = json.loads(
            gradus(
                *("webhook", "add", f"http://127.0.0.1:{receiver.server_port}/", "--key-pair"),
                *("--allow-private", "--events", ",".join(wanted), "--format", "json"),
            )
        )
        gradus("grade", str(demonstration / "responses.csv"))
        gradus("webhook", "test", "1")
        first = len(receiver.arrived)
        rotated = json.loads(gradus("webhook", "rotate", "1", "--format", "json"))
        gradus("webhook", "test", "1")

    refused = 0
    types = {}
    for number, (headers, body) in enumerate(receiver.arrived):
        secrets = [endpoint["secret"]] + ([rotated["secret"]] if number >= first else [])
        for secret in secrets:
            assert Webhook(secret).verify(body, headers) == json.loads(body)
        assert number >= first or is_refused(rotated["secret"], headers, body)
        assert has_public_signature(endpoint["publicKey"], headers, body)
        assert not has_public_signature(endpoint["publicKey"], headers, body + b" ")
        event = json.loads(body)
        jsonschema.validate(event, schemas[event["type"]], jsonschema.Draft202012Validator)
        datetime.datetime.fromisoformat(event["timestamp"].replace("Z", "+00:00"))
        types[event["type"]] = types.get(event["type"], 0) + 1
        for name, changed, other in forgeries(headers, body):
            assert is_refused(endpoint["secret"], changed, other), f"taken with {name}"
            refused += 1
    for schema in schemas.values():
        for example in schema["examples"]:
            jsonschema.validate(example, schema, jsonschema.Draft202012Validator)
    needed = {"batch.imported", "batch.graded", "submission.graded", "webhook.test"}
    assert needed <= types.keys(), types
    assert len({headers["webhook-id"] for headers, _ in receiver.arrived}) == len(receiver.arrived)
    counts = ", ".join(f"{count} {name}" for name, count in sorted(types.items()))
    print(f"{len(receiver.arrived)} deliveries verified ({counts}); {refused} forgeries refused")


main()
