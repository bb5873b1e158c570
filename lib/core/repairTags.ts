/** The tags of the repair ladder, read strictly: what cannot be read allows nothing. */
import { type Parsed, TAG } from './tags.ts';

export type RepairStep = (typeof REPAIR_STEPS)[number];

/** Gentlest first. */
export const REPAIR_STEPS = ['restart-service', 'reboot', 'stop-start', 'replace'] as const;

/** Where a service is restarted: by the agent of Systems Manager, or in an SSH session. */
export type RepairHand = (typeof REPAIR_HANDS)[number];

const REPAIR_HANDS = ['ssm', 'ssh'] as const;

/** What an appliance's tags allow. */
export interface RepairPermission {
  /** In the order of the tag, never empty. */
  readonly steps: readonly RepairStep[];
  /** The only one that `restart-service` may use. Absent: Systems Manager where it manages the instance, else SSH. */
  readonly hand?: RepairHand;
  /** A systemd unit, `strongswan.service`, or a Windows service, likewise with the suffix; null: none is named. */
  readonly service: string | null;
  /** Null: the deployment's own choice. */
  readonly sshUser: string | null;
  /** `SHA256:…` of the host key; null: only the console output can vouch for it. */
  readonly hostKey: string | null;
}

export interface RepairTagFault {
  readonly key: string;
  readonly why: string;
  readonly effect: string;
}

/** Null without the tag `vpn-medic:repair`; a fault of one tag takes away only what hangs on it. */
export function readRepairTags(
  tags: ReadonlyMap<string, string>,
  onFault: (fault: RepairTagFault) => void,
): RepairPermission | null {
  const text = tags.get(TAG.repair);
  if (text === undefined) return null;
  const steps = parseSteps(text);
  if (!steps.ok) {
    onFault({ key: TAG.repair, why: steps.why, effect: 'Until then it is not repaired.' });
    return null;
  }
  const service = read(tags, TAG.service, parseUnit, onFault);
  const sshUser = read(tags, TAG.sshUser, parseSshUser, onFault);
  const hostKey = read(tags, TAG.hostKey, parseHostKey, onFault);
  const wantsRestart = steps.value.steps.includes('restart-service');
  const isWrong = [service, sshUser, hostKey].includes(WRONG);
  if (wantsRestart && service === null) {
    onFault({
      key: TAG.service,
      why: 'it is missing, and restart-service needs it: write for example "strongswan.service"',
      effect: 'Until then no service is restarted.',
    });
  }
  const allowed = steps.value.steps.filter(
    (step) => step !== 'restart-service' || (service !== null && !isWrong),
  );
  if (allowed.length === 0) return null;
  const { hand } = steps.value;
  return {
    steps: allowed,
    ...(hand !== null && { hand }),
    service: known(service),
    sshUser: known(sshUser),
    hostKey: known(hostKey),
  };
}

/** A tag that is there and cannot be read: not the same as no tag. */
const WRONG = Symbol('wrong');

const known = (value: string | null | typeof WRONG): string | null =>
  value === WRONG ? null : value;

function read(
  tags: ReadonlyMap<string, string>,
  key: string,
  parse: (text: string) => Parsed<string>,
  onFault: (fault: RepairTagFault) => void,
): string | null | typeof WRONG {
  const text = tags.get(key);
  if (text === undefined) return null;
  const parsed = parse(text.trim());
  if (parsed.ok) return parsed.value;
  onFault({ key, why: parsed.why, effect: 'Until then no service is restarted.' });
  return WRONG;
}

export interface ParsedSteps {
  /** In the order of the tag, each once. */
  readonly steps: readonly RepairStep[];
  /** Null: none is named. */
  readonly hand: RepairHand | null;
}

/** The value of `vpn-medic:repair`: steps, and after `restart-service` at most one hand, `restart-service:ssh`. */
export function parseSteps(text: string): Parsed<ParsedSteps> {
  const steps = new Set<RepairStep>();
  const hands = new Set<RepairHand>();
  for (const word of text.split(/[\s,]+/).filter((one) => one !== '')) {
    const [name = '', ...by] = word.split(':');
    const step = REPAIR_STEPS.find((one) => one === name);
    const hand = REPAIR_HANDS.find((one) => one === by.join(':'));
    if (step === undefined || (by.length > 0 && (step !== 'restart-service' || !hand))) {
      return bad(
        `"${word}" is no repair: write some of ${REPAIR_STEPS.join(', ')}; restart-service may name its hand, restart-service:ssm or restart-service:ssh`,
      );
    }
    steps.add(step);
    if (hand !== undefined) hands.add(hand);
  }
  if (steps.size === 0) return bad(`it is empty: write some of ${REPAIR_STEPS.join(', ')}`);
  if (hands.size > 1) return bad('it names both hands: write restart-service alone for either');
  return { ok: true, value: { steps: [...steps], hand: [...hands][0] ?? null } };
}

/**
 * A systemd service unit, with its suffix: `openvpn-server@hq.service`. No slash, space, quote, backslash or leading
 * dash, so that it means the same to every shell and is no option of systemctl.
 */
export function parseUnit(text: string): Parsed<string> {
  const unit = text.endsWith('.service') ? text : `${text}.service`;
  return /^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,100}\.service$/.test(unit)
    ? { ok: true, value: unit }
    : bad(`"${text}" is no service unit: write for example "strongswan.service"`);
}

/** EC2 Instance Connect takes at most 32 characters; this is what useradd accepts. */
export function parseSshUser(text: string): Parsed<string> {
  return /^[a-z_][a-z0-9_-]{0,31}$/.test(text)
    ? { ok: true, value: text }
    : bad(`"${text}" is no user name: write for example "ec2-user"`);
}

/** As `ssh-keygen -lf` prints it. */
export function parseHostKey(text: string): Parsed<string> {
  return /^SHA256:[A-Za-z0-9+/]{43}$/.test(text)
    ? { ok: true, value: text }
    : bad(
        `"${text}" is no fingerprint: write what "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub" prints, SHA256: and 43 characters`,
      );
}

const bad = (why: string): { readonly ok: false; readonly why: string } => ({ ok: false, why });
