/** How this command line's own version is deployed: sources from their clone, the npm package by itself. Both take the same options. */
export const DEPLOY_COMMAND = import.meta.url.endsWith('.ts')
  ? 'npx sls deploy'
  : 'npx vpn-medic deploy';

/** A deployment that changes these parameters. With sls every other one would go back to its default: `mode` and `alertEmail` too. */
export const deployWith = (parameters: string): string =>
  DEPLOY_COMMAND === 'npx sls deploy'
    ? `${DEPLOY_COMMAND} ${parameters} (and every parameter of the last deployment: sls keeps none)`
    : `${DEPLOY_COMMAND} ${parameters}`;
