"""What a Terraform module declares and uses, as JSON on stdout. OURS; the parser is the one that checkov brings.

A folder is the argument, and a page with an example of the module (hcl between fences) the second one.
"""

import json
import re
import sys
from pathlib import Path

import hcl2

folder, page = Path(sys.argv[1]), Path(sys.argv[2])
files = {path.name: path.read_text() for path in sorted(folder.glob("*.tf"))}
parsed = [hcl2.loads(text) for text in files.values()]
blocks = re.findall(r"```hcl\n(.*?)```", page.read_text(), re.S)
modules = [module for text in blocks for one in hcl2.loads(text)["module"] for module in one.values()]
print(
    json.dumps(
        {
            "declared": sorted(name for one in parsed for variable in one.get("variable", []) for name in variable),
            "used": sorted({name for text in files.values() for name in re.findall(r"\bvar\.(\w+)", text)}),
            "set": sorted({name for one in modules for name in one if not name.startswith("__")} - {"source"}),
            "parameters": sorted({name for one in modules for name in one["parameters"][0]}),
        }
    )
)
