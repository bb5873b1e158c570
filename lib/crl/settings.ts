/** The settings of the CRL publisher, validated as a whole. */
import { PARAMETERS, parameterFault } from '../parameters.ts';
import { type ImportWindow, parseImportWindow } from './types/importWindow.ts';

export interface PublisherSettings {
  readonly bucket: string;
  readonly publicBucket: string;
  /** Null: one copy. */
  readonly replica: { readonly bucket: string; readonly region: string } | null;
  /** Without the file's name; null: the published copy is not checked from outside. */
  readonly publicUrl: string | null;
  /** Of one CRL. */
  readonly octetsMax: number;
  readonly importWindow: ImportWindow | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d+$/;
const MIB = 1_024 * 1_024;

/** Never throws: every fault at once, beside settings that mean nothing while there is one. */
export function readCrlSettings(env: Environment): {
  readonly settings: PublisherSettings;
  readonly faults: readonly string[];
} {
  const faults: string[] = [];
  const text = (name: string) => (env[name] ?? '').trim();

  function bucket(name: string, example: string): string {
    const value = text(name);
    if (value === '') faults.push(`${name} is not set: write for example ${example}`);
    else if (!BUCKET.test(value))
      faults.push(`${name}="${value}" is no bucket's name: write for example ${example}`);
    return value;
  }

  function readReplica(): PublisherSettings['replica'] {
    const replica = text('VPN_MEDIC_CRL_REPLICA_BUCKET');
    const region = text('VPN_MEDIC_CRL_REPLICA_REGION');
    if (replica === '' && region === '') return null;
    if (!BUCKET.test(replica))
      faults.push(
        `VPN_MEDIC_CRL_REPLICA_BUCKET="${replica}" is no bucket's name: write one, or leave the region out too`,
      );
    if (!REGION.test(region))
      faults.push(
        `VPN_MEDIC_CRL_REPLICA_REGION="${region}" is no region: write for example eu-central-1, or leave the bucket out too`,
      );
    return { bucket: replica, region };
  }

  function readUrl(): string | null {
    const value = text('VPN_MEDIC_CRL_PUBLIC_URL');
    if (value === '') return null;
    const url = URL.canParse(value) ? new URL(value) : null;
    const isPlain =
      (url?.protocol === 'http:' || url?.protocol === 'https:') &&
      url.search === '' &&
      url.hash === '' &&
      url.username === '';
    if (!isPlain)
      faults.push(
        `VPN_MEDIC_CRL_PUBLIC_URL="${value}" is no plain address: write for example http://crl.example.com/`,
      );
    return value;
  }

  /** Its variable's value, or its default where that is empty. */
  function parameter(name: 'crlMibMax' | 'crlImportWindow', variable: string): string {
    const value = text(variable) || PARAMETERS[name].default;
    const fault = parameterFault(name, variable, value);
    if (fault !== null) faults.push(fault);
    return value;
  }

  const settings: PublisherSettings = {
    bucket: bucket('VPN_MEDIC_CRL_BUCKET', 'vpn-medic-prod-crl'),
    publicBucket: bucket('VPN_MEDIC_CRL_PUBLIC_BUCKET', 'vpn-medic-prod-crl-public'),
    replica: readReplica(),
    publicUrl: readUrl(),
    octetsMax: Number(parameter('crlMibMax', 'VPN_MEDIC_CRL_MIB_MAX')) * MIB,
    importWindow: parseImportWindow(parameter('crlImportWindow', 'VPN_MEDIC_CRL_IMPORT_WINDOW')),
  };
  if (settings.bucket !== '' && settings.bucket === settings.publicBucket)
    faults.push(
      'VPN_MEDIC_CRL_BUCKET and VPN_MEDIC_CRL_PUBLIC_BUCKET are the same: the CA host must not reach what is published',
    );
  return { settings, faults };
}
