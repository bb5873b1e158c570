"""Direct Connect for the lab's AWS: moto 5.2.1 knows no virtual interfaces. OURS, written from the published API model.

Fact (Direct Connect API model, botocore of November 2026): DescribeVirtualInterfaces answers `virtualInterfaces`, a list.
"""

import json

from moto.directconnect.responses import DirectConnectResponse


def describe_virtual_interfaces(self):
    return json.dumps({"virtualInterfaces": []})


DirectConnectResponse.describe_virtual_interfaces = describe_virtual_interfaces
