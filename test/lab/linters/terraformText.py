"""The resources of Terraform text on stdin, as JSON on stdout: type, then name, then arguments. OURS; the parser is checkov's."""

import json
import sys

import hcl2

resources = {}
for block in hcl2.loads(sys.stdin.read()).get("resource", []):
    for kind, named in block.items():
        for name, arguments in named.items():
            plain = {
                key: value[0] if isinstance(value, list) else value
                for key, value in arguments.items()
                if not key.startswith("__")
            }
            resources.setdefault(kind, {})[name] = plain
print(json.dumps(resources))
