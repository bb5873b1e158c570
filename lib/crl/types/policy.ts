/** The settings of publication and import. */
import type { ImportWindow } from './importWindow.ts';

export interface CrlSettings {
  readonly octetsMax: number;
  /** Null: any time. */
  readonly importWindow: ImportWindow | null;
  readonly mode: 'act' | 'observe';
}

/** The schedule of deploy/publishCrl.yml; each upload is judged at once beside it. */
export const CHECK_EVERY_MS = 15 * 60_000;

/** Client VPN takes no more. @see https://docs.aws.amazon.com/vpn/latest/clientvpn-admin/limits.html (read 2026-11-20) */
export const ENDPOINT_ENTRIES_MAX = 20_000;
