/**
 * The signer of requests, in bundles: Signature Version 4 alone, 5 KB less. Version 4a signs for several regions at once
 * (global endpoints, multi-region access points), and needs a library that no function has.
 */
export {
  SignatureV4 as SignatureV4MultiRegion,
  SignatureV4 as SignatureV4SignWithCredentials,
} from '@smithy/signature-v4';
