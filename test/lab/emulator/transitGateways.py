"""Transit gateway routes for the lab's AWS: what moto 5.2.1 leaves out of them. OURS, written from the published EC2 API model.

What is here proves our code against our reading of that model, not against AWS.

Facts (EC2 API model, botocore of November 2026):
- ReplaceTransitGatewayRoute takes DestinationCidrBlock, TransitGatewayRouteTableId, TransitGatewayAttachmentId, Blackhole,
  and answers with the route; it replaces an existing route only (the name of its error, InvalidRoute.NotFound, is assumed);
- a TransitGatewayRoute has a LIST `TransitGatewayAttachments` of ResourceId, ResourceType, TransitGatewayAttachmentId:
  moto stores one and does not show it;
- SearchTransitGatewayRoutes: MaxResults 5..1000, AdditionalRoutesAvailable. moto cannot cut its answer;
- a route whose attachment was deleted is a `blackhole` (AWS docs, transit gateway route tables; that its list of
  attachments is empty then is assumed).
"""

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.responses import EC2Response


def table_of(self):
    table_id = self._get_param("TransitGatewayRouteTableId")
    table = self.ec2_backend.transit_gateways_route_tables.get(table_id)
    if table is None:
        raise EC2ClientError("InvalidRouteTableID.NotFound", f"Transit Gateway Route Table {table_id} was not found")
    return table


def attachment_of(self):
    attachment_id = self._get_param("TransitGatewayAttachmentId")
    if attachment_id is None:
        return None
    attachment = self.ec2_backend.transit_gateway_attachments.get(attachment_id)
    if attachment is None or attachment.state != "available":
        raise EC2ClientError("InvalidTransitGatewayAttachmentID.NotFound", f"{attachment_id} was not found")
    return attachment_id


def write(self, must_exist):
    table = table_of(self)
    destination = self._get_param("DestinationCidrBlock")
    if must_exist and destination not in table.routes:
        raise EC2ClientError("InvalidRoute.NotFound", f"Route {destination} was not found in {table.id}")
    is_blackhole = str(self._get_param("Blackhole")).lower() == "true"
    table.routes[destination] = {
        "destinationCidrBlock": destination,
        "type": "static",
        "attachmentId": None if is_blackhole else attachment_of(self),
    }
    return ActionResult({"Route": shown(self, table.routes[destination])})


def shown(self, route):
    attachment = self.ec2_backend.transit_gateway_attachments.get(route.get("attachmentId"))
    lives = attachment is not None and attachment.state == "available"
    return {
        "DestinationCidrBlock": route["destinationCidrBlock"],
        "Type": route["type"],
        "State": "active" if lives else "blackhole",
        "TransitGatewayAttachments": [
            {
                "TransitGatewayAttachmentId": attachment.id,
                "ResourceId": attachment.resource_id,
                "ResourceType": attachment.resource_type,
            }
        ]
        if lives
        else [],
    }


def search_transit_gateway_routes(self):
    filters = self._filters_from_querystring()
    routes = [shown(self, one) for one in table_of(self).routes.values()]
    for name, field in (("type", "Type"), ("state", "State"), ("route-search.exact-match", "DestinationCidrBlock")):
        if filters.get(name):
            routes = [one for one in routes if one[field] in filters[name]]
    count = int(self._get_param("MaxResults") or 1000)
    return ActionResult({"Routes": routes[:count], "AdditionalRoutesAvailable": len(routes) > count})


EC2Response.create_transit_gateway_route = lambda self: write(self, must_exist=False)
EC2Response.replace_transit_gateway_route = lambda self: write(self, must_exist=True)
EC2Response.search_transit_gateway_routes = search_transit_gateway_routes
