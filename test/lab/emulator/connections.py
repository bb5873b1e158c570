"""Site-to-Site VPN for the lab's AWS: what moto 5.2.1 leaves out of it. OURS, written from the published EC2 API model.

What is here proves our code against our reading of that model, not against AWS.

Facts (EC2 API model, botocore of November 2026, unless marked):
- `VgwTelemetry[]` has OutsideIpAddress, Status UP|DOWN, StatusMessage, AcceptedRouteCount, LastStatusChange;
- `Options.TunnelOptions[]` has OutsideIpAddress, PreSharedKey and what may be negotiated; the same key stands in the XML
  of `CustomerGatewayConfiguration`;
- a new tunnel is down until the customer's device has spoken (AWS docs, initiate-vpn-tunnels);
- GetVpnTunnelReplacementStatus answers MaintenanceDetails; ReplaceVpnTunnel applies what is pending: the endpoint is
  replaced, the tunnel goes down and stays so until somebody starts IKE (AWS docs, endpoint-replacements).

Control (JSON, POST):
  /moto-api/lab/connection   {"region", "connectionId", "set": {...}}   attributes, in the API's spelling
"""

import json
import re
import secrets

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import ec2_backends
from moto.ec2.models.vpn_connections import VPNConnection
from moto.ec2.responses import EC2Response
from moto.ec2.responses.vpn_connections import VPNConnections
from moto.moto_api._internal.urls import url_paths

moto_init = VPNConnection.__init__
moto_configuration = VPNConnection.customer_gateway_configuration
maintenances = {}


def init(self, *rest, **named):
    moto_init(self, *rest, **named)
    ips = [f"203.0.113.{secrets.randbelow(250) + 1}", f"198.51.100.{secrets.randbelow(250) + 1}"]
    self.gateway_association_state = "associated"
    self.options = {
        "EnableAcceleration": False,
        "StaticRoutesOnly": False,
        "OutsideIpAddressType": "PublicIpv4",
        "TunnelOptions": [
            {"OutsideIpAddress": ip, "PreSharedKey": secrets.token_hex(16), "StartupAction": "add"} for ip in ips
        ],
    }
    self.vgw_telemetry = [
        {"OutsideIpAddress": ip, "Status": "DOWN", "StatusMessage": "IPSEC IS DOWN", "AcceptedRouteCount": 0}
        for ip in ips
    ]


def configuration(self):
    keys = [one.get("PreSharedKey", "") for one in self.options["TunnelOptions"]]
    plain = "".join(f"<pre_shared_key>{key}</pre_shared_key>" for key in keys)
    return moto_configuration.fget(self) + plain


VPNConnection.__init__ = init
VPNConnection.customer_gateway_configuration = property(configuration)

moto_create = VPNConnections.create_vpn_connection


def create_vpn_connection(self):
    """moto forgets the options that were asked for."""
    result = moto_create(self)
    connection = result._result["VpnConnection"]
    asked = self._get_param("Options") or {}
    for name in ("StaticRoutesOnly", "EnableAcceleration"):
        if name in asked:
            connection.options[name] = str(asked[name]).lower() == "true"
    return result


EC2Response.create_vpn_connection = create_vpn_connection


def get_vpn_tunnel_replacement_status(self):
    connection_id = self._get_param("VpnConnectionId")
    ip = self._get_param("VpnTunnelOutsideIpAddress")
    if connection_id not in self.ec2_backend.vpn_connections:
        raise EC2ClientError("InvalidVpnConnectionID.NotFound", f"Connection {connection_id} does not exist")
    details = maintenances.get(f"{connection_id}/{ip}", {"PendingMaintenance": "false"})
    return ActionResult(
        {"VpnConnectionId": connection_id, "VpnTunnelOutsideIpAddress": ip, "MaintenanceDetails": details}
    )


EC2Response.get_vpn_tunnel_replacement_status = get_vpn_tunnel_replacement_status


def replace_vpn_tunnel(self):
    connection_id = self._get_param("VpnConnectionId")
    ip = self._get_param("VpnTunnelOutsideIpAddress")
    connection = self.ec2_backend.vpn_connections.get(connection_id)
    if connection is None:
        raise EC2ClientError("InvalidVpnConnectionID.NotFound", f"Connection {connection_id} does not exist")
    now = utcnow().strftime("%Y-%m-%dT%H:%M:%SZ")
    maintenances[f"{connection_id}/{ip}"] = {"PendingMaintenance": "false", "LastMaintenanceApplied": now}
    connection.vgw_telemetry = [
        {**one, "Status": "DOWN", "StatusMessage": "IPSEC IS DOWN", "AcceptedRouteCount": 0, "LastStatusChange": now}
        if one["OutsideIpAddress"] == ip
        else one
        for one in connection.vgw_telemetry
    ]
    return ActionResult({"Return": True})


EC2Response.replace_vpn_tunnel = replace_vpn_tunnel


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def set_connection(request, full_url, headers):
    wish = json.loads(request.data)
    for account in list(ec2_backends):
        known = ec2_backends[account][wish["region"]].vpn_connections
        if wish["connectionId"] in known:
            for name, value in wish["set"].items():
                if name == "Maintenance":
                    maintenances.update({f"{wish['connectionId']}/{ip}": one for ip, one in value.items()})
                else:
                    setattr(known[wish["connectionId"]], snake(name), value)
            return 200, {}, ""
    return 404, {}, "no such connection"


url_paths["{0}/moto-api/lab/connection"] = set_connection
