/**
 * The credential provider of bundles: Lambda gives every function its role's credentials in the environment. The SDK's
 * default chain (profiles, SSO, web identity, instance metadata) would add 100 KB; the CLI runs from source and has it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html (AWS_ACCESS_KEY_ID, read 2026-11-20)
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
