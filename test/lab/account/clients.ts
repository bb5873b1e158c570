/** How the lab's own clients reach the emulator: past the gateway, so that their calls are not counted. */
import { REGION } from './options.ts';

export const clientSettings = (url: string) => ({
  endpoint: url,
  region: REGION,
  // An action that the emulator lacks answers 500: one try shows it at once.
  maxAttempts: 1,
  credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
});
