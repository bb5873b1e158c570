/** How this command line's own version is deployed: sources from their clone, the npm package by itself. Both take the same options. */
export const DEPLOY_COMMAND = import.meta.url.endsWith('.ts')
  ? 'npx sls deploy'
  : 'npx vpn-medic deploy';
