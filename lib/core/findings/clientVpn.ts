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
      'More failed logins in the last hour than is usual at this hour of the week (median and four spreads, never under 20; 100 before three days of history are known).',
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
      'EC2 calls the endpoint available, but it answered none of the probes of this poll, which connect as clients do, to generated names under its DNS name. It has answered before.',
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
      'The endpoint speaks UDP, and Route 53 health checks speak TCP and HTTP: DNS failover between regions does not detect its failure.',
    action:
      'Nothing with one region. With several: use TCP endpoints, or fail over by hand when `RegionDown` is notified.',
    hint: 'Where DNS sends users to several regions, use a TCP endpoint or fail over by hand on RegionDown.',
  },
  RegionDown: {
    subjects: ['region'],
    severities: ['critical'],
    title: 'Region unreachable for Client VPN',
    meaning:
      'Every available Client VPN endpoint of a region is unreachable: two or more, or the only one where several regions are watched. Users whom latency DNS sends there cannot connect.',
    confirm: 'Connect with a client, by a name of that region.',
    action:
      "Take the region's records out of the latency set (`aws route53 change-resource-record-sets`), and put them back when this is resolved.",
  },
} as const satisfies Readonly<Record<string, FindingEntry>>;
