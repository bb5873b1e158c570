/** Where the services of a region answer, and what the partition that it lies in is called. */

/** As ARNs begin: `aws`, `aws-cn`, `aws-us-gov`. */
export const partitionOf = (region: string): 'aws' | 'aws-cn' | 'aws-us-gov' =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';

/** Of AWS's own regional endpoints. */
export const domainOf = (region: string): string =>
  partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';

/** The address that AWS gives a service in a region. */
export const regionalAddress = (service: string, region: string): string =>
  `https://${service}.${region}.${domainOf(region)}`;

/** The address that the environment gives a service, found as the SDK finds it (`SSM`); null: that of AWS. */
export const givenAddress = (
  env: Readonly<Record<string, string | undefined>>,
  service: string,
): string | null =>
  env[`AWS_ENDPOINT_URL_${service}`]?.trim() || env['AWS_ENDPOINT_URL']?.trim() || null;
