/**
 * The handshake against the published vector of Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s (cacophony, as in the tests of
 * snow), and the constants that WireGuard's own paper derives.
 */
import { expect, test } from '@jest/globals';
import { blake2s } from '../../../lib/probe/wireguard/blake2s.ts';
import { cookieKeyOf, hChaCha20, isCookieReply } from '../../../lib/probe/wireguard/cookie.ts';
import {
  initiate,
  isAnswerTo,
  keyPairOf,
  openSession,
} from '../../../lib/probe/wireguard/noise.ts';

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

const PROLOGUE = hex('4a6f686e2047616c74');
const PSK = hex('54686973206973206d7920417573747269616e20706572737065637469766521');
const OWN = keyPairOf(hex('e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1'));
const EPHEMERAL = keyPairOf(
  hex('893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a'),
);
const PEER = hex('31e0303fd6418d2f8c0e78b91f22e8caed0fbe48656dcf4767e4834f701b8f62');
const PAYLOAD = hex('4c756477696720766f6e204d69736573');
const FIRST =
  'ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944001e21de9f98ddd8e2ad57527207feb56253c9c94a9e496782ecfcb2a75fbcaf1b52948cc48daefe660c62119ab5000980c84831215f2441eba616548e832985464cf17e51ee93109008399a21f7e13f';
const SECOND = hex(
  '95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843cb765f2caef0751b8f007572dab0322217755c0632f365717edbf34d33e87a',
);

const session = openSession(OWN, PEER, PSK, PROLOGUE);
const initiation = initiate(session, PAYLOAD, EPHEMERAL);
const answer = { ephemeral: SECOND.subarray(0, 32), sealedPayload: SECOND.subarray(32) };

test('the first message is the published one', () => {
  const { ephemeral, sealedStatic, sealedPayload } = initiation;
  expect(Buffer.concat([ephemeral.publicKey, sealedStatic, sealedPayload]).toString('hex')).toBe(
    FIRST,
  );
});

test('the published second message is its answer', () => {
  expect(isAnswerTo(initiation, session, answer)).toBe(true);
});

test.each([
  ['another initiation', () => isAnswerTo(initiate(session, PAYLOAD), session, answer)],
  [
    'another pre-shared key',
    () => isAnswerTo(initiation, { ...session, psk: Buffer.alloc(32) }, answer),
  ],
  ['another own key', () => isAnswerTo(initiation, { ...session, own: EPHEMERAL }, answer)],
  [
    'a bit less in the tag',
    () => {
      const sealedPayload = Buffer.from(answer.sealedPayload);
      sealedPayload.writeUInt8(sealedPayload.readUInt8(0) ^ 1, 0);
      return isAnswerTo(initiation, session, { ...answer, sealedPayload });
    },
  ],
  [
    'a point of low order',
    () => isAnswerTo(initiation, session, { ...answer, ephemeral: Buffer.alloc(32) }),
  ],
])('with %s it is not', (_, judged) => {
  expect(judged()).toBe(false);
});

test('each initiation has a key of its own', () => {
  const keys = Array.from({ length: 100 }, () =>
    initiate(session, PAYLOAD).ephemeral.publicKey.toString('hex'),
  );
  expect(new Set(keys).size).toBe(100);
});

test("the first hashes are those of WireGuard's construction and identifier", () => {
  const construction = blake2s([Buffer.from('Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s')]);
  expect(construction.toString('hex')).toBe(
    '60e26daef327efc02ec335e2a025d2d016eb4206f87277f52d38d1988b78cd36',
  );
  const identifier = Buffer.from('WireGuard v1 zx2c4 Jason@zx2c4.com');
  expect(blake2s([construction, identifier]).toString('hex')).toBe(
    '2211b361081ac566691243db458ad5322d9c6c662293e8b70ee19c65ba079ef3',
  );
});

test('HChaCha20 gives the subkey of draft-irtf-cfrg-xchacha, 2.2.1', () => {
  const key = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
  expect(hChaCha20(key, hex('000000090000004a0000000031415927')).toString('hex')).toBe(
    '82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc',
  );
});

test('a cookie reply of another length, or sealed by another key, is none', () => {
  const key = cookieKeyOf(PEER);
  expect(isCookieReply(Buffer.alloc(63), key, Buffer.alloc(16))).toBe(false);
  expect(isCookieReply(Buffer.alloc(64), key, Buffer.alloc(16))).toBe(false);
});
