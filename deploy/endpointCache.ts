/**
 * The cache of DynamoDB's endpoint discovery, in bundles: empty. Discovery is off unless an account asks for it by
 * AWS_ENABLE_ENDPOINT_DISCOVERY, which no function sets; then each call would go to the regional endpoint all the same.
 * The SDK's own cache brings two packages, 6 KB.
 */
export class EndpointCache {
  get(): undefined {}
  getEndpoint(): undefined {}
  set(): void {}
  delete(): void {}
}
