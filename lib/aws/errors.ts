/** Faults of calls to AWS, by what they mean for the caller. */
import { isNativeError } from 'node:util/types';
import { BY_ORGANISATION } from '../core/denied.ts';

export interface Fault {
  readonly kind: FaultKind;
  /** AWS's or Node's name for it: `RequestLimitExceeded`, `ECONNRESET`. */
  readonly code: string;
  /** AWS's message on one line; of a denial, whose message may hold a policy trace of a kilobyte, `BY_ORGANISATION` or nothing. */
  readonly message: string;
}

export type FaultKind =
  /** Throttled by AWS; nothing was done. */
  | 'throttled'
  /** The role lacks a permission; nothing was done. */
  | 'denied'
  /** Credentials are missing, expired or invalid; nothing was done. */
  | 'unidentified'
  /** AWS refused the request; nothing was done. */
  | 'refused'
  /** No answer, a server error or an unreadable answer: it may or may not have been done. */
  | 'lost'
  /** The caller's signal aborted: it may or may not have been done. */
  | 'aborted';

/** AWS's or the network's fault behind a rejected call; null when the error is a bug of ours, to be thrown on. */
export function faultOf(error: unknown, signal: AbortSignal): Fault | null {
  if (!isNativeError(error)) return null;
  const answer = answerOf(error);
  const code = answer.isFromService ? error.name : (answer.systemCode ?? error.name);
  const fault = (kind: FaultKind): Fault => ({
    kind,
    code,
    message: kind === 'denied' ? denierOf(error.message) : oneLine(error.message),
  });
  if (THROTTLED.has(code) || answer.status === 429) return fault('throttled');
  if (UNIDENTIFIED.has(code)) return fault('unidentified');
  if (answer.isFromService && LACKS_CAPACITY.test(code)) return fault('refused');
  const isLost = WAITED_IN_VAIN.has(error.name) || (answer.status ?? 0) >= 500;
  if (answer.isFromService && !isLost) {
    return fault(DENIED.has(code) || answer.status === 403 ? 'denied' : 'refused');
  }
  const isWorldly = isLost || answer.status !== null || answer.systemCode !== null;
  if (!isWorldly) return null;
  return fault(signal.aborted ? 'aborted' : 'lost');
}

/** One sentence for notifications: `ec2:DescribeTags throttled (RequestLimitExceeded)`. */
export function tellFault(fault: Fault, action: string, deniedFix: string = GRANT): string {
  switch (fault.kind) {
    case 'throttled':
      return `${action} throttled (${fault.code})`;
    case 'denied':
      return fault.message === BY_ORGANISATION
        ? `${action} denied (${fault.code}) ${BY_ORGANISATION}`
        : `${action} denied (${fault.code}): ${deniedFix}`;
    case 'unidentified':
      return `${action} not accepted (${fault.code}): the credentials are missing, expired, or not valid in this region`;
    case 'refused':
      return `${action} refused (${fault.code}): ${shorten(fault.message)}`;
    case 'lost':
      return `${action} got no usable answer (${fault.code})`;
    case 'aborted':
      return `${action} aborted`;
    default:
      return fault.kind satisfies never;
  }
}

/**
 * No grant to a role lifts it: a policy that denies, or a list of what is allowed that lacks it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html (the wording of denials)
 */
const denierOf = (message: string): string =>
  /(explicit deny in an?|because no) (service|resource) control policy/i.test(message)
    ? BY_ORGANISATION
    : '';

const GRANT = "grant it to the function's role";

const THROTTLED: ReadonlySet<string> = new Set([
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'Throttled',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);
/**
 * EC2 has no capacity, or a quota of the account is used up: nothing was done, although some of these are server errors
 * (InsufficientInstanceCapacity is HTTP 500).
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (server error codes, read 2026-11-28)
 */
const LACKS_CAPACITY =
  /^(?:Server\.|Client\.)?(?:Insufficient\w+|\w+LimitExceeded|\w*CapacityExceeded|UnfulfillableCapacity|ResourceCountExceeded|MaxSpotInstanceCountExceeded)$/;
const UNIDENTIFIED: ReadonlySet<string> = new Set([
  'AuthFailure',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSecurity',
  'InvalidSecurityException',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'OptInRequired',
  'ProviderError',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);
const DENIED: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'KMSAccessDenied',
  'KMSAccessDeniedException',
  'UnauthorizedOperation',
]);
/** Error names of the SDK's HTTP handler, or of a service, for a timeout. */
const WAITED_IN_VAIN: ReadonlySet<string> = new Set([
  'AbortError',
  'RequestTimeout',
  'RequestTimeoutException',
  'TimeoutError',
]);

interface AnswerTraces {
  /** AWS itself answered with an error that the SDK could read. */
  readonly isFromService: boolean;
  /** Of the HTTP answer; null without one. */
  readonly status: number | null;
  /** Of the socket, the name lookup or TLS; null without one. */
  readonly systemCode: string | null;
}

/** What the SDK and Node leave on an error that came from outside the process. */
function answerOf(error: Error): AnswerTraces {
  const metadata: unknown = Reflect.get(error, '$metadata');
  const status: unknown =
    typeof metadata === 'object' && metadata !== null
      ? Reflect.get(metadata, 'httpStatusCode')
      : undefined;
  const code: unknown = Reflect.get(error, 'code');
  return {
    isFromService: Reflect.get(error, '$fault') !== undefined,
    status: typeof status === 'number' ? status : null,
    // Node's own `ERR_INVALID_…` codes are our bugs: they sit on TypeErrors and RangeErrors.
    systemCode: typeof code === 'string' && !/^(Type|Range)Error$/.test(error.name) ? code : null,
  };
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
const shorten = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 197)}...`);
