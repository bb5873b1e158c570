/** Drops the classes that the SDK declares for the errors of a service, where the functions read the name of an error only. */

/** Clients whose errors arrive under the name of their class (REST-JSON and JSON protocols), and carry no field that is read. */
const NAMED_ONLY = /@aws-sdk[\\/]client-(lambda|eventbridge|ec2-instance-connect)[\\/]/;

/**
 * The schemas of a client without the registration of its modelled errors: 25 KB of classes in the watcher. The SDK then
 * makes an error of the service's base class with the name and status that AWS sent, as it does for EC2, which models none.
 */
export function withoutModelledErrors(path: string, source: string): string {
  return NAMED_ONLY.test(path)
    ? source.replaceAll(/^n\d+_registry\.registerError\(.*\);$/gm, '')
    : source;
}
