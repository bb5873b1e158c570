/** The fields of answers that a capture keeps, for services other than EC2: one row an operation. What is not named is left out. */

const ROWS = {
  'cloudwatch ListMetrics': 'Metrics Namespace MetricName Dimensions Name Value',
  'cloudwatch GetMetricData': 'MetricDataResults Id Timestamps Values StatusCode',
  'cloudwatch DescribeAlarms':
    'MetricAlarms AlarmName AlarmArn ActionsEnabled AlarmActions OKActions InsufficientDataActions StateValue StateUpdatedTimestamp StateTransitionedTimestamp Namespace MetricName Dimensions Name Value Statistic Period EvaluationPeriods DatapointsToAlarm Threshold ComparisonOperator TreatMissingData',
  'resourcegroupstaggingapi GetResources': 'ResourceTagMappingList ResourceARN',
  'direct-connect DescribeConnections':
    'connections connectionId connectionName connectionState ownerAccount region location bandwidth vlan lagId awsDeviceV2 awsLogicalDeviceId hasLogicalRedundancy jumboFrameCapable macSecCapable encryptionMode portEncryptionStatus',
  'direct-connect DescribeVirtualInterfaces':
    'virtualInterfaces virtualInterfaceId virtualInterfaceName virtualInterfaceType virtualInterfaceState connectionId ownerAccount region location vlan asn asnLong amazonSideAsn amazonAddress customerAddress addressFamily mtu virtualGatewayId directConnectGatewayId routeFilterPrefixes cidr bgpPeers bgpPeerId bgpPeerState bgpStatus awsDeviceV2 awsLogicalDeviceId siteLinkEnabled',
  'direct-connect DescribeDirectConnectGateways':
    'directConnectGateways directConnectGatewayId directConnectGatewayName directConnectGatewayState amazonSideAsn ownerAccount',
  'direct-connect DescribeDirectConnectGatewayAttachments':
    'directConnectGatewayAttachments directConnectGatewayId virtualInterfaceId virtualInterfaceRegion virtualInterfaceOwnerAccount attachmentState attachmentType',
  'direct-connect DescribeDirectConnectGatewayAssociations':
    'directConnectGatewayAssociations directConnectGatewayId directConnectGatewayOwnerAccount associationId associationState associatedGateway id type ownerAccount region allowedPrefixesToDirectConnectGateway cidr virtualGatewayId virtualGatewayRegion virtualGatewayOwnerAccount',
  'directory-service DescribeDirectories':
    'DirectoryDescriptions DirectoryId Name ShortName Type Size Edition Stage StageReason StageLastUpdatedDateTime LaunchTime DnsIpAddrs VpcSettings ConnectSettings VpcId SubnetIds SecurityGroupId ConnectIps AvailabilityZones RadiusStatus SsoEnabled DesiredNumberOfDomainControllers ShareStatus',
  'acm DescribeCertificate':
    'Certificate CertificateArn DomainName SubjectAlternativeNames Status Type KeyAlgorithm CreatedAt IssuedAt ImportedAt NotBefore NotAfter RevokedAt RevocationReason FailureReason InUseBy RenewalEligibility RenewalSummary RenewalStatus RenewalStatusReason UpdatedAt DomainValidationOptions ValidationStatus ValidationMethod',
} as const satisfies Readonly<Record<string, string>>;

export const KEPT_FIELDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(ROWS).map(([operation, fields]) => [operation, new Set(fields.split(' '))]),
);
