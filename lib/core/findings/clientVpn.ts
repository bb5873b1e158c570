/** Findings of Client VPN endpoints. */

import type { FindingEntry } from './entry.ts';

export const ENDPOINT_FINDINGS = {
  EndpointUnavailable: {
    subjects: ['endpoint'],
    severities: ['critical', 'warning'],
    title: 'Endpoint unavailable',
    meaning:
      'EC2 reports a state other than available for a Client VPN endpoint, or no subnet is actively associated with it: no user can connect. A warning for the first 30 minutes in which a subnet is being associated. An endpoint that has never been up is `NotYetUp`, one that is down for 14 days `LongDown`; one that is being deleted is not notified. For an endpoint that is switched off on purpose, write its hours into the tag `vpn-medic:quiet`. Once open, it ends when the endpoint answers again, where it has ever answered.',
    confirm:
      '`aws ec2 describe-client-vpn-endpoints --client-vpn-endpoint-ids cvpn-endpoint-…`, then `describe-client-vpn-target-networks`.',
    action:
      'Associate a subnet again (two, in different zones). An association takes EC2 some minutes.',
  },
  EndpointPending: {
    subjects: ['endpoint'],
    severities: ['warning'],
    title: 'Endpoint pending for long',
    meaning:
      'An endpoint has been `pending`, or a subnet of it `associating`, for more than an hour. Of an endpoint that was up before and now is not, `EndpointUnavailable` says it.',
    confirm:
      '`aws ec2 describe-client-vpn-target-networks --client-vpn-endpoint-id cvpn-endpoint-…`',
    action: 'Remove what is stuck and make it again; if that does not help, ask AWS Support.',
  },
  AssociationFailed: {
    subjects: ['endpoint'],
    severities: ['warning'],
    title: 'Association failed',
    meaning:
      'EC2 gave up on associating a subnet with the endpoint (`association-failed`). Its message is in the evidence. It stays so until the association is removed.',
    confirm:
      '`aws ec2 describe-client-vpn-target-networks --client-vpn-endpoint-id cvpn-endpoint-…`',
    action:
      'Remove the failed association, correct the cause that EC2 names (free addresses of the subnet, an overlap with the client range, quotas), and associate again.',
  },
  EndpointSingleZone: {
    subjects: ['endpoint'],
    severities: ['warning'],
    title: 'Endpoint in one Availability Zone',
    meaning:
      'Every active association of the endpoint lies in one Availability Zone: when that zone fails, no user can connect. Not notified in the first 30 minutes in which another subnet is being associated.',
    confirm:
      '`aws ec2 describe-client-vpn-target-networks --client-vpn-endpoint-id cvpn-endpoint-…`',
    action: 'Associate a subnet of a second zone. Each association is billed by the hour.',
  },
  EndpointNearCapacity: {
    subjects: ['endpoint'],
    severities: ['warning', 'critical'],
    title: 'Endpoint near capacity',
    meaning:
      "The endpoint's active connections have reached 80 % (warning) or 95 % (critical) of the smaller of two figures: half of its client range, since AWS keeps a portion and says to plan for twice the clients, or the default quota for its number of associations. More connections than the default quota are a warning: your quota has been raised.",
    confirm:
      '`ActiveConnectionsCount` in CloudWatch; `vpn-medic check` shows the room and the idle sessions.',
    action:
      'The client range of an endpoint cannot be changed: make a second endpoint. The quota can be raised (Service Quotas, L-C4B238BF), or grows with a further association.',
  },
  AuthFailuresHigh: {
    subjects: ['endpoint'],
    severities: ['warning'],
    title: 'Many failed logins',
    meaning:
      'More failed logins in the last hour than is usual at this hour of the week (median and four spreads, never under 20; 100 before three days of history are known). Where the endpoint writes a connection log in a group of the deploy parameter `evidenceLogGroups`, the reasons are counted in the evidence, without users. AWS does not log failed mutual authentication.',
    confirm:
      "The endpoint's connection log: `connection-attempt-status` and `connection-attempt-failure-reason`. Try a login of your own.",
    action:
      'If every login fails: check what has just changed (directory, identity provider, certificates, revocation list). If a few names fail all the time: this may be password guessing; check the source addresses.',
    hint: "Read the endpoint's connection log for connection-attempt-failure-reason, and try a login of your own.",
  },
  ClientCrlExpiring: {
    subjects: ['endpoint'],
    severities: ['warning', 'critical'],
    title: 'Imported CRL expires soon',
    meaning:
      'The revocation list that was imported into the endpoint expires within 7 days (warning) or 2 days (critical), as `CrlDaysToExpiry` says; of lists that live shorter than 28 days, within a quarter (a tenth) of their life, which is learnt from a renewal. With an expired list AWS refuses every connection. Only for endpoints without the tag `vpn-medic:crl`: for those with it, `CrlEndpointExpiring` is notified instead.',
    confirm:
      '`aws ec2 export-client-vpn-client-certificate-revocation-list --client-vpn-endpoint-id cvpn-endpoint-…`, and `openssl crl -noout -nextupdate` on what it prints.',
    action:
      'Publish a fresh list and import it, out of hours if you can: an import resets the connections that there are.',
  },
  ClientCrlExpired: {
    subjects: ['endpoint'],
    severities: ['critical'],
    title: 'Imported CRL expired',
    meaning:
      '`CrlDaysToExpiry` is below 0: the list has expired. With an expired list every user is locked out. For an endpoint with the tag `vpn-medic:crl`, `CrlEndpointExpired` is notified instead.',
    confirm: 'As for `ClientCrlExpiring`; then try to connect.',
    action: 'Import a fresh list now.',
  },
  IdpCertExpiring: {
    subjects: ['endpoint'],
    severities: ['warning', 'critical'],
    title: 'Identity provider certificate expires soon',
    meaning:
      'The certificate in the SAML metadata of the identity provider expires within 30 days (warning) or 7 days (critical), as `IdpCertDaysToExpiry` says. CloudWatch publishes that for SAML endpoints alone; where it is missing, nothing is reported, since EC2 shows no certificate.',
    confirm:
      '`aws iam get-saml-provider --saml-provider-arn …`, and the dates of the certificate in it.',
    action: 'Fetch new metadata from the provider and `aws iam update-saml-provider`.',
    hint: "Fetch the provider's new metadata and give it to IAM: aws iam update-saml-provider --saml-provider-arn … --saml-metadata-document file://metadata.xml",
  },
  ConnectHandlerErrors: {
    subjects: ['endpoint'],
    severities: ['warning'],
    title: 'Client connect handler fails',
    meaning:
      "The endpoint's client connect handler (a Lambda function) timed out, was throttled, failed or gave an invalid answer three times or more within an hour. Each was a user who could not connect. Refusals are its purpose, and do not count.",
    confirm: "The function's log, its errors and its duration.",
    action: 'Repair the function. It has 30 s to answer.',
    hint: "Look at the handler's own log and its errors: aws logs tail /aws/lambda/AWSClientVPN-… --since 1h",
  },
  ConnectionsDropped: {
    subjects: ['endpoint'],
    severities: ['critical'],
    title: 'Many connections lost at once',
    meaning:
      'The active connections fell, within one period of five minutes, from over to under 30 % of what is usual at this hour of the week. Notified only where ten or more are usual, and only with three days of history.',
    confirm: '`ActiveConnectionsCount` in CloudWatch. Try to connect.',
    action:
      'Check what resets every connection at once: an imported list, a changed authorization rule or server certificate, a lost association.',
    hint: 'Try to connect. A CRL, a certificate or an authorization rule that has just changed resets every connection at once.',
  },
  EndpointUnreachable: {
    subjects: ['endpoint'],
    severities: ['critical'],
    title: 'Endpoint unreachable',
    meaning:
      'EC2 calls the endpoint available, or cannot be asked for it, but it answered none of the probes of this poll, which connect as clients do, to generated names under its DNS name. It has answered before.',
    confirm:
      'Connect with a client. `dig NAME.cvpn-endpoint-….prod.clientvpn.REGION.amazonaws.com`',
    action:
      'If clients can connect, check the path between the function and the endpoint. If not: AWS Health Dashboard, then a support case; send users to another endpoint.',
    hint: 'Try to connect with a client of your own. If it gets through, check the path between this function and the endpoint.',
  },
  EndpointNotHealthCheckable: {
    subjects: ['endpoint'],
    severities: ['info'],
    title: 'Route 53 cannot check the endpoint',
    meaning:
      'The endpoint uses UDP, and Route 53 health checks use TCP and HTTP: DNS failover between regions does not detect its failure.',
    action:
      'Nothing with one region. With several: use TCP endpoints, or fail over by hand when `RegionDown` is notified.',
    hint: 'Where DNS sends users to several regions, use a TCP endpoint or fail over by hand on RegionDown.',
  },
  HealthCheckMissing: {
    subjects: ['endpoint'],
    severities: ['info'],
    title: 'Endpoint without a health check or record',
    meaning:
      'No record of Route 53 in this account leads to a TCP endpoint, or no health check decides on that record: one of the record, of a name that leads to the endpoint, or of the alarm of its region (`RegionDown`). DNS then leads nobody away from it when it fails. Only `check` looks, at public hosted zones. Records of other accounts and providers are not seen.',
    confirm: '`aws route53 list-health-checks`, `aws route53 list-resource-record-sets`',
    action:
      'With several regions: [region failover](operations.md#region-failover). With one, or with DNS elsewhere: nothing.',
    hint: 'With several regions: a record with a health check for each, by docs/operations.md, "Region failover".',
  },
  DirectoryImpaired: {
    subjects: ['endpoint'],
    severities: ['critical', 'warning'],
    title: 'Directory of the endpoint impaired',
    meaning:
      'The directory that logs the users of an endpoint in (AWS Managed Microsoft AD, Simple AD or AD Connector) is not active, as Directory Service says: critical where no login can succeed (Inoperable, Failed, being deleted), a warning otherwise. Failed logins (`AuthFailuresHigh`) are part of its notification. Read every 15 minutes.',
    confirm: '`aws ds describe-directories --directory-ids d-…`: `Stage` and `StageReason`.',
    action:
      'AD Connector: its service account, DNS addresses and the network to the domain controllers. Managed AD: AWS Health, then AWS Support; a snapshot can be restored.',
    hint: 'See its StageReason: aws ds describe-directories; for an AD Connector check its service account, DNS and the path to the domain controllers.',
  },
  ServerCertificateExpiring: {
    subjects: ['endpoint'],
    severities: ['warning', 'critical'],
    title: 'Server certificate expires soon',
    meaning:
      'The server certificate of an endpoint, as ACM holds it, expires within 30 days (warning) or 7 days (critical), is expired, or is revoked. With it clients refuse the endpoint.',
    confirm: '`aws acm describe-certificate --certificate-arn …`: `NotAfter`, `RenewalSummary`.',
    action:
      'Imported: import the new one under the same ARN (`aws acm import-certificate --certificate-arn …`); the endpoint takes it over within 24 hours. Issued by ACM: see `ServerCertificateRenewalFailed`.',
    hint: 'Import the renewed certificate under the same ARN: aws acm import-certificate --certificate-arn …; the endpoint takes it over within 24 hours.',
  },
  ServerCertificateRenewalFailed: {
    subjects: ['endpoint'],
    severities: ['warning'],
    title: 'Renewal of the server certificate failed',
    meaning:
      "ACM's managed renewal of an endpoint's server certificate failed, or waits for the validation of a domain name.",
    confirm: '`aws acm describe-certificate --certificate-arn …`: `RenewalSummary`.',
    action:
      'Restore the DNS record that validates the name, or answer the e-mail; of a private CA: its permission to renew and its own validity.',
    hint: 'aws acm describe-certificate names the domain and the DNS record that validates it; of a private CA check its permission to renew.',
  },
  AuthorizationRulesMissing: {
    subjects: ['endpoint'],
    severities: ['warning'],
    title: 'No authorization rule in force',
    meaning:
      'No authorization rule of an endpoint is active: users connect and reach nothing. Not found of an endpoint that was never up.',
    confirm:
      '`aws ec2 describe-client-vpn-authorization-rules --client-vpn-endpoint-id cvpn-endpoint-…`',
    action: 'Authorize the networks that users need, for all or for a group.',
    hint: 'aws ec2 authorize-client-vpn-ingress --client-vpn-endpoint-id … --target-network-cidr … --authorize-all-groups, or --access-group-id',
  },
  AuthorizationRuleFailed: {
    subjects: ['endpoint'],
    severities: ['warning'],
    title: 'Authorization rule failed',
    meaning: 'EC2 could not put an authorization rule of an endpoint in force (`failed`).',
    confirm:
      '`aws ec2 describe-client-vpn-authorization-rules --client-vpn-endpoint-id cvpn-endpoint-…`',
    action: 'Revoke the rule and authorize it anew.',
    hint: 'Revoke it and authorize it anew: aws ec2 revoke-client-vpn-ingress, then aws ec2 authorize-client-vpn-ingress.',
  },
  EndpointRouteFailed: {
    subjects: ['endpoint'],
    severities: ['warning'],
    title: 'Endpoint route leads nowhere',
    meaning:
      'A route of an endpoint failed, or leads to a subnet that the endpoint has no association with; or the endpoint has no route at all.',
    confirm: '`aws ec2 describe-client-vpn-routes --client-vpn-endpoint-id cvpn-endpoint-…`',
    action: 'Delete the route and create it by a subnet that is associated.',
    hint: 'Delete it and create it by an associated subnet: aws ec2 delete-client-vpn-route, then aws ec2 create-client-vpn-route.',
  },
  ClientRangeOverlap: {
    subjects: ['endpoint'],
    severities: ['warning', 'info'],
    title: 'Client range overlaps another range',
    meaning:
      'The client range of an endpoint overlaps its VPC or a VPC that is peered with it (a warning: clients do not reach all of it), or another endpoint of the region (information: addresses of clients are translated on their way in). Both ranges are in the evidence.',
    confirm: '`ClientCidrBlock` of the endpoint, and the ranges that the evidence names.',
    action: 'The client range of an endpoint cannot be changed: make another endpoint.',
    hint: 'The client range cannot be changed: make another endpoint with a range of its own, and move the users.',
  },
  ConnectionLogOff: {
    subjects: ['endpoint'],
    severities: ['info'],
    title: 'Connection log is off',
    meaning:
      'An endpoint writes no connection log, which alone says why a login failed. Listed, not notified.',
    confirm: '`ConnectionLogOptions` of the endpoint.',
    action: 'Switch it on: it does not interrupt connections.',
    hint: 'aws ec2 modify-client-vpn-endpoint --client-vpn-endpoint-id … --connection-log-options Enabled=true,CloudwatchLogGroup=…',
  },
  FullTunnelWithoutEgress: {
    subjects: ['endpoint'],
    severities: ['info'],
    title: 'Full tunnel without a way out',
    meaning:
      'Split tunnel is off, so that all traffic of the clients enters the tunnel, and the endpoint has no route for 0.0.0.0/0, or no subnet of that route has a default route (NAT gateway, internet gateway, transit gateway, appliance). Some want just that; then leave it.',
    confirm:
      '`SplitTunnel`, `aws ec2 describe-client-vpn-routes`, and the route tables of the associated subnets.',
    action: 'Switch split tunnel on, or lead the default route out.',
    hint: 'Switch split tunnel on, or create a client route for 0.0.0.0/0 by a subnet whose route table has a default route.',
  },
  EndpointSettingsUnread: {
    subjects: ['region'],
    severities: ['info'],
    title: 'Settings of endpoints cannot be read',
    meaning:
      'Routes, rules, networks, certificates or directories of Client VPN endpoints could not be read, or by `check` health checks and records of Route 53 (it reads 50 pages of records at most): what was found of them stays, and nothing new is. Whether endpoints are up is judged all the same.',
    confirm: "The evidence quotes AWS's answers.",
    action:
      'Denied: deploy the stack again, which grants the actions to the role of `pollEndpoints`.',
    hint: 'If it says "denied": deploy the stack again, which grants the action to the role of pollEndpoints.',
  },
  RegionDown: {
    subjects: ['region'],
    severities: ['critical'],
    title: 'Region unreachable for Client VPN',
    meaning:
      'Every available Client VPN endpoint of a region is unreachable: two or more, or the only one where several regions are watched. Users whom latency DNS sends there cannot connect. Where several regions are watched, the alarm `STACK-RegionDown-REGION` (output `RegionAlarms`) is in alarm meanwhile: a Route 53 health check of the kind CloudWatch alarm that follows it takes the records of the region out by itself: `aws route53 create-health-check --caller-reference NAME --health-check-config Type=CLOUDWATCH_METRIC,InsufficientDataHealthStatus=LastKnownStatus,AlarmIdentifier={Region=HOME,Name=STACK-RegionDown-REGION}`. The alarms are in the region of the stack: where that one is watched too, deploy a second stage elsewhere for it.',
    confirm: 'Connect with a client, by a name of that region.',
    action:
      "Without such a health check: take the region's records out of the latency set (`aws route53 change-resource-record-sets`), and put them back when this is resolved.",
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;
