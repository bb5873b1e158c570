/** A machine's own words made safe to show: one plain line, short, without what looks like a secret. Pure. */

/** At most `charCountMax` characters; a cut is marked. Redacts first, so that a cut never lets half a secret through. */
export function safeLine(text: string, charCountMax = LINE_MAX): string {
  const plain = redact(plainText(text)).replace(/\s+/g, ' ').trim();
  return plain.length <= charCountMax ? plain : `${plain.slice(0, charCountMax - 3)}...`;
}

/** The last lines that say anything, oldest first, each safe. */
export const lastLines = (text: string, countMax: number): readonly string[] =>
  plainText(text)
    .split(/[\r\n]+/)
    .slice(-LINES_LOOKED_AT)
    .map((line) => safeLine(line))
    .filter((line) => line !== '')
    .slice(-countMax);

const LINE_MAX = 200;
const LINES_LOOKED_AT = 400;

/** Without terminal escapes (colours, titles, cursor moves) and other control characters; line ends stay. */
export const plainText = (text: string): string =>
  text
    .replace(STRING_ESCAPE, '')
    .replace(CONTROL_ESCAPE, '')
    .replace(OTHER_ESCAPE, '')
    .replace(/[^\P{Cc}\r\n\t]/gu, ' ')
    // Invisible and direction-changing characters can make a line read as another.
    .replace(/[\p{Cf}\u2028\u2029]/gu, '');

const ESC = String.fromCharCode(0x1b);
const BEL = String.fromCharCode(0x07);
const CSI = String.fromCharCode(0x9b);
/** OSC, DCS, PM, APC (titles, links, answers): up to their end, or to the line's when a hostile one never ends. */
const STRING_ESCAPE = new RegExp(`${ESC}[\\]PX^_][^${BEL}${ESC}\n]*(?:${BEL}|${ESC}\\\\)?`, 'g');
const CONTROL_ESCAPE = new RegExp(`(?:${ESC}\\[|${CSI})[0-?]*[ -/]*[@-~]`, 'g');
const OTHER_ESCAPE = new RegExp(`${ESC}[ -/]*[0-~]?`, 'g');

const REDACTED = '(redacted)';

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|STATIC KEY V1)-----[\s\S]*?(?:-----END [^-\n]*-----|$)/gi,
    REDACTED,
  ],
  // ipsec.secrets: `: PSK "…"`, `: PSK 0s…`, `user : EAP "…"`
  [/\b(PSK|EAP|XAUTH|NTLM|PIN)\s+("[^"\n]*"?|'[^'\n]*'?|0[sx]\S+)/g, `$1 ${REDACTED}`],
  [
    /\b([\w-]*(?:passwo?r?d|passphrase|passwd|secret|psk|pre-?shared-?key|private-?key|presharedkey|token|api-?key|credential)[\w-]*)(["']?\s*(?:[:=]|=>)\s*)("[^"\n]*"?|'[^'\n]*'?|\S+)/gi,
    `$1$2${REDACTED}`,
  ],
  [/\b(authorization)\s*[:=].*$/gim, `$1: ${REDACTED}`],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi, `$1:${REDACTED}@`],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, REDACTED],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, REDACTED],
  // Keys in base64 or hex: WireGuard's are 44 characters, an AWS secret is 40.
  [/(?<![\w+/])[A-Za-z0-9+/]{40,}={0,2}/g, REDACTED],
  [/\b(?:0x)?[0-9a-f]{32,}\b/gi, REDACTED],
];

/** Without what looks like a key, a password or a token. It errs on the side of hiding. */
export const redact = (text: string): string =>
  SECRETS.reduce((so, [pattern, shown]) => so.replace(pattern, shown), text);
