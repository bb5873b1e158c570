/** One lab: an account in an emulator of its own, a gateway before it, a subscriber, and the functions that run there. */
import {
  type Account,
  type Appliance,
  buildAccount,
  type Group,
  type Table,
} from './account/build.ts';
import { type Listener, startListener } from './account/listener.ts';
import { type Ec2Lab, ec2Lab } from './account/look.ts';
import type { AccountSpec } from './account/options.ts';
import { type Gateway, startGateway } from './emulator/gateway.ts';
import { type Emulator, startEmulator } from './emulator/start.ts';
import { environmentOf } from './lambda/environment.ts';
import { type InvokeApi, invokeApi, type LabFunction } from './lambda/invokeApi.ts';
import { startWatcher, type Watcher, type WatcherOptions } from './lambda/watcher.ts';

export interface Lab {
  readonly gateway: Gateway;
  readonly account: Account;
  readonly listener: Listener;
  readonly invoke: InvokeApi;
  readonly emulator: () => Emulator;
  readonly ec2: () => Ec2Lab;
  /** The API goes away, its account is lost and built again with the same ids, and it comes back. */
  restartEmulator(whileFailedOver: () => Promise<void>): Promise<void>;
  startWatcher(options?: WatcherOptions): Promise<Watcher>;
  /** Ends everything it started, also after a failed test. */
  close(): Promise<void>;
}

/** A function that is invoked by name: the folder under `dist/`, and settings by their name without `VPN_MEDIC_`. */
export interface OtherFunction {
  readonly bundle: string;
  readonly own: Readonly<Record<string, string>>;
}

// Any number will do; the same one gives the same ids after a restart.
const SEED = 42;

/** Where a probe function runs: the subnets that Lambda names for it, and the network namespace that its packets leave from. */
export interface ProbePlace {
  readonly subnetIds: (account: Account) => readonly string[];
  readonly namespace: string;
}

/** `probeFunctions`: Lambda names, each the real probe bundle with these subnets, or in a place. */
export async function openLab(
  candidate: AccountSpec,
  probeFunctions: Readonly<Record<string, readonly string[] | ProbePlace>> = {},
  otherFunctions: Readonly<Record<string, OtherFunction>> = {},
): Promise<Lab> {
  const listener = await startListener();
  let emulator = await startEmulator({ seed: SEED });
  const account = await buildAccount(emulator.url, candidate, listener.url);
  const invoke = invokeApi({
    ...Object.fromEntries(
      Object.entries(probeFunctions).map(([name, place]): [string, LabFunction] => [
        name,
        {
          bundle: 'probe',
          env: () => environmentOf(name, gateway.url, account, name),
          ...('namespace' in place
            ? { subnetIds: place.subnetIds(account), namespace: place.namespace }
            : { subnetIds: place }),
        },
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(otherFunctions).map(([name, { bundle, own }]): [string, LabFunction] => [
        name,
        {
          bundle,
          subnetIds: [],
          env: () => environmentOf(name, gateway.url, account, name, own),
        },
      ]),
    ),
  });
  const gateway = await startGateway(emulator.url, invoke.answer);
  const watchers: Watcher[] = [];
  return {
    gateway,
    account,
    listener,
    invoke,
    emulator: () => emulator,
    ec2: () => ec2Lab(emulator.url),
    restartEmulator: async (whileFailedOver) => {
      await gateway.shut();
      await emulator.stop();
      await whileFailedOver();
      emulator = await startEmulator({ seed: SEED });
      await buildAccount(emulator.url, candidate, listener.url);
      await gateway.open(emulator.url);
    },
    startWatcher: async (options = {}) => {
      const watcher = await startWatcher(gateway, account, options);
      watchers.push(watcher);
      return watcher;
    },
    close: async () => {
      await Promise.all(watchers.map((watcher) => watcher.kill()));
      await invoke.close();
      await gateway.shut();
      await emulator.stop();
      await listener.close();
    },
  };
}

export const groupOf = (lab: Lab, name = 'hub'): Group =>
  found(
    lab.account.groups.find((group) => group.name === name),
    name,
  );

export const applianceOf = (lab: Lab, name: string, group = 'hub'): Appliance =>
  found(groupOf(lab, group).appliances.get(name), name);

/** The table that serves this zone, `a`, `b` or `c`. */
export const tableOf = (lab: Lab, zone: string, group = 'hub'): Table =>
  found(
    groupOf(lab, group).tables.find((table) => table.zone.endsWith(zone)),
    zone,
  );

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`looking for ${name} in the lab account`);
  return value;
}
