/** Values beside their names, as tags, dimensions of metrics and filters write them, without names of people. Pure. */
import { isIP } from 'node:net';
import { anonymousTag } from './tags.ts';
import { isAwsId, type Words } from './words.ts';

/** The pair with its value replaced; null: the object is no such pair. */
export function anonymousPair(
  of: object,
  words: Words,
  text: (value: string) => string,
): object | null {
  const { Key, key, Value, value, Name, Values }: Readonly<Record<string, unknown>> = { ...of };
  if (typeof Key === 'string' && typeof Value === 'string') {
    return { ...of, Value: anonymousTag(Key, Value, words, text) };
  }
  if (typeof key === 'string' && typeof value === 'string') {
    return { ...of, value: anonymousTag(key, value, words, text) };
  }
  if (typeof Name !== 'string') return null;
  if (typeof Value === 'string') return { ...of, Value: dimension(Value, words, text) };
  if (Name.startsWith(TAG) && Array.isArray(Values)) {
    const tag = Name.slice(TAG.length);
    return {
      ...of,
      Values: Values.map((one: unknown) => anonymousTag(tag, String(one), words, text)),
    };
  }
  return null;
}

const TAG = 'tag:';

/** `eu-west-1`, `eu-west-1a` */
const PLACE = /^[a-z]{2,4}(-[a-z]+)+-\d[a-z]?$/;

/** Ids, addresses, regions and zones stay what they are; load balancers keep the shape in which CloudWatch writes them. */
function dimension(value: string, words: Words, text: (value: string) => string): string {
  const shown = text(value);
  const isPlain = PLACE.test(value) || isIP(value) !== 0 || isAwsId(value);
  return isPlain || shown !== value ? shown : words.of('name', value);
}
