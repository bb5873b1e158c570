/** Drops the classes that the SDK declares for the errors of a service, where the functions read the name of an error only. */

/** Clients whose errors arrive under the name of their class: REST-JSON and JSON protocols. */
const NAMED = /@aws-sdk[\\/]client-(lambda|eventbridge|ec2-instance-connect|dynamodb)[\\/]/;
/** The one error whose fields are read: the item that was there instead. */
const READ = 'ConditionalCheckFailedException$';

/**
 * The schemas of a client without the registration of its modelled errors: 35 KB of classes in the watcher. The SDK then
 * makes an error of the service's base class with the name and status that AWS sent, as it does for EC2, which models none.
 */
export const withoutModelledErrors = (path: string, source: string): string =>
  NAMED.test(path)
    ? source.replaceAll(/^n\d+_registry\.registerError\((.*), .*\);$/gm, (line, schema: string) =>
        schema === READ ? line : '',
      )
    : source;
