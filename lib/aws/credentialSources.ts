/** Whether the SDK can find credentials at all: its last resort, the metadata of an instance, is waited for in vain on any other machine. */
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** True does not mean that they are valid. At most half a second. */
export async function hasCredentialSource(env: Environment): Promise<boolean> {
  if (VARIABLES.some((name) => env[name])) return true;
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  const files = [
    env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials'),
    env['AWS_CONFIG_FILE'] ?? join(home, '.aws', 'config'),
  ];
  const found = await Promise.all(files.map((file) => access(file).then(yes, no)));
  if (found.includes(true)) return true;
  if (env['AWS_EC2_METADATA_DISABLED'] === 'true') return false;
  const url = env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? 'http://169.254.169.254';
  return fetch(url, { signal: AbortSignal.timeout(METADATA_MS_MAX) }).then(yes, no);
}

const yes = () => true;
const no = () => false;

/** An instance's own metadata answers within milliseconds. */
const METADATA_MS_MAX = 500;

/** @see https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html (read 2026-11-29) */
const VARIABLES = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
];
