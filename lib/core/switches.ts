/** What a deployment may leave out, each by the parameter of the same name. Types and tables only. */

export const SWITCHES = ['crl', 'repair', 'connections', 'endpoints'] as const;
export type Switch = (typeof SWITCHES)[number];

/** The functions that are not deployed when it is off. */
export const SWITCHED_FUNCTIONS: Readonly<Record<Switch, readonly string[]>> = {
  crl: ['publishCrl'],
  repair: ['repairAppliance', 'repairShell'],
  connections: ['pollConnections'],
  endpoints: ['pollEndpoints'],
};

export const isSwitchedOff = (functionKey: string, off: readonly Switch[]): boolean =>
  off.some((one) => SWITCHED_FUNCTIONS[one].includes(functionKey));
