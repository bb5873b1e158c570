/** An entry that reaches every adapter, as the watching functions do. */
export { awsPorts } from '../../lib/aws/ports.ts';
export { systemClock } from '../../lib/time.ts';
