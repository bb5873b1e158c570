/** Drops the classes that the SDK declares for the errors of a service, where the functions read the name of an error only. */

/** Clients whose errors arrive under the name of their class, or of which no modelled error is told apart from others. */
const NAMED =
  /@aws-sdk[\\/]client-(lambda|eventbridge|ec2-instance-connect|dynamodb|sns|acm|direct-connect|directory-service|cloudwatch-logs|cloudformation|iam|route-53|elastic-load-balancing-v2)[\\/]/;
/**
 * Errors that stay: one whose fields are read (the item that was there instead), and those of SNS that are distinguished
 * by the name of the class. Its others go by AWS's code, which is the same without `Exception`.
 */
const KEPT =
  /^(ConditionalCheckFailed|AuthorizationError|NotFound|Throttled|InternalError)Exception\$$/;

/**
 * The schemas of a client without the registration of its modelled errors: 45 KB of classes in the watcher. The SDK then
 * makes an error of the service's base class with the name and status that AWS sent, as it does for EC2, which models none.
 */
export const withoutModelledErrors = (path: string, source: string): string =>
  NAMED.test(path)
    ? source.replaceAll(/^n\d+_registry\.registerError\((.*), .*\);$/gm, (line, schema: string) =>
        KEPT.test(schema) ? line : '',
      )
    : source;
