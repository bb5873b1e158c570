"""Elastic addresses on any private address of an interface, for the lab's AWS. OURS: moto 5.2.1 ignores PrivateIpAddress, and an
address that moves stays shown at the interface that it left.

What is here proves our code against our reading of the API, not against AWS.

Facts: PrivateIpAddress is the primary or secondary private address to associate with, the primary one if none is given; an
address that is associated elsewhere is disassociated from there when AllowReassociation is set; one that the private
address had before is disassociated and stays allocated (EC2 API reference, AssociateAddress, read 2026-11-29). EC2 shows an
address at the private address that it is associated with (NetworkInterfacePrivateIpAddress, read 2026-11-28). With its
interface an instance that is terminated loses its Elastic address, which stays allocated (EC2 user guide, Elastic IP
addresses, read 2026-11-29).
Which error names a private address that the interface does not have is not documented: `InvalidParameterValue` is ours.
"""

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, ResourceAlreadyAssociatedError
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_ip_addresses import ElasticAddress
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_eip_association_id

# By allocation id, of addresses that are associated: the private address.
private_ips: dict[str, str] = {}

moto_associate_address = EC2Response.associate_address
moto_delete_network_interface = EC2Backend.delete_network_interface
moto_disassociate_address = EC2Response.disassociate_address


def take_off(address):
    """From wherever it is shown."""
    private_ips.pop(address.allocation_id, None)
    if address.eni is None:
        return
    if address.eni.public_ip == address.public_ip:
        address.eni.public_ip = None
    for place in address.eni.private_ip_addresses:
        if place.get("Association", {}).get("AllocationId") == address.allocation_id:
            del place["Association"]
    address.eni = None
    address.instance = None
    address.association_id = None


def associate_address(self):
    card_id, allocation_id = self._get_param("NetworkInterfaceId"), self._get_param("AllocationId")
    if card_id is None or allocation_id is None:
        return moto_associate_address(self)
    backend = self.ec2_backend
    card = backend.get_network_interface(card_id)
    [address] = backend.address_by_allocation([allocation_id])
    private_ip = self._get_param("PrivateIpAddress", card.private_ip_address)
    place = next((one for one in card.private_ip_addresses if one["PrivateIpAddress"] == private_ip), None)
    if place is None:
        raise EC2ClientError("InvalidParameterValue", f"{private_ip} is no address of {card_id}")
    self.error_on_dryrun()
    is_there = address.eni is card and private_ips.get(allocation_id) == private_ip
    if address.eni is not None and not is_there and not self._get_param("AllowReassociation", False):
        raise ResourceAlreadyAssociatedError(address.public_ip)
    for other in backend.addresses:
        if other is not address and other.eni is card and other.private_ip_address == private_ip:
            take_off(other)
    take_off(address)
    address.eni = card
    address.instance = card.instance
    address.association_id = random_eip_association_id()
    private_ips[allocation_id] = private_ip
    if private_ip == card.private_ip_address:
        card.public_ip = address.public_ip
    else:
        place["Association"] = {
            "AllocationId": allocation_id,
            "AssociationId": address.association_id,
            "IpOwnerId": backend.account_id,
            "PublicIp": address.public_ip,
        }
    return ActionResult({"AssociationId": address.association_id})


def disassociate_address(self):
    association_id = self._get_param("AssociationId")
    if association_id is None:
        return moto_disassociate_address(self)
    [address] = self.ec2_backend.address_by_association([association_id])
    self.error_on_dryrun()
    take_off(address)
    return ActionResult({})


def delete_network_interface(self, eni_id):
    for address in self.addresses:
        if address.eni is not None and address.eni.id == eni_id:
            take_off(address)
    return moto_delete_network_interface(self, eni_id)


def private_ip_address(self):
    if self.eni is None:
        return None
    return private_ips.get(self.allocation_id, self.eni.private_ip_address)


EC2Backend.delete_network_interface = delete_network_interface
EC2Response.associate_address = associate_address
EC2Response.disassociate_address = disassociate_address
ElasticAddress.private_ip_address = property(private_ip_address)
