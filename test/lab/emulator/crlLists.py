"""Client VPN's revocation lists for the lab's AWS. OURS, beside endpoints.py: what an endpoint goes by, under its `_crl`.

What is here proves our code against our reading of the API model, not against AWS.

Facts (EC2 API reference, ImportClientVpnClientCertificateRevocationList and its Export, read 2026-11-20):
- an import overwrites what was there, "resets existing client connections", and answers `Return`;
- an export answers the list and `Status.Code` = pending|active. Without any list: an empty answer (unconfirmed).
An import here is pending for the next two exports.
"""

from endpoints import endpoint_of
from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response

EXPORTS_PENDING = 2


def import_client_vpn_client_certificate_revocation_list(self):
    endpoint = endpoint_of(self)
    text = self._get_param("CertificateRevocationList") or ""
    if not text.startswith("-----BEGIN X509 CRL-----"):
        raise EC2ClientError("InvalidParameterValue", "The certificate revocation list is not PEM.")
    endpoint["_crl"] = text
    endpoint["_crl_pending"] = EXPORTS_PENDING
    endpoint["_sessions"] = [
        {**one, "Status": {"Code": "terminated"}} for one in endpoint["_sessions"]
    ]
    return ActionResult({"Return": True})


def export_client_vpn_client_certificate_revocation_list(self):
    endpoint = endpoint_of(self)
    if "_crl" not in endpoint:
        return ActionResult({})
    pending = endpoint["_crl_pending"]
    endpoint["_crl_pending"] = max(0, pending - 1)
    code = "pending" if pending > 0 else "active"
    return ActionResult({"CertificateRevocationList": endpoint["_crl"], "Status": {"Code": code}})


for action in (
    import_client_vpn_client_certificate_revocation_list,
    export_client_vpn_client_certificate_revocation_list,
):
    setattr(EC2Response, action.__name__, action)
