/** How many seeds a storm test runs. */

/** `quick` with `npm test`; `all` with `npm run test:storms` and in CI. */
export const seedCount = ({
  quick,
  all,
}: {
  readonly quick: number;
  readonly all: number;
}): number => (process.env['VPN_MEDIC_STORMS'] === 'all' ? all : quick);
