/** Goal: uploads that were judged wrongly in the field. Method: the whole publisher on the lists of each case, hour by hour. */
import { describe, expect, test } from '@jest/globals';
import { CRL_FINDINGS } from '../../../lib/core/findings/crl.ts';
import {
  CRL_FORM_FINDINGS,
  CRL_RULE_FINDINGS,
  CRL_SIGNATURE_FINDINGS,
} from '../../../lib/core/findings/crlRefusals.ts';
import { fileSubject } from '../../../lib/crl/assess/finding.ts';
import { allowanceId, writeAllowance } from '../../../lib/crl/state.ts';
import { troubleOf } from '../../../lib/incidents/inhibition.ts';
import { aCrlFixture, look, notified, upload } from '../../builders/crls.ts';
import { aList, HOUR_MS, NOW, serials } from '../../crl/builders/list.ts';
import { aCase, derOf, hours, input, judged, verdictOf } from './play.ts';

describe('17: a certificate expires and leaves a list of five', () => {
  const folder = '17-small-list-one-certificate-expired';

  test('the shorter list is published, and nothing is notified', async () => {
    const fixture = aCase(`${folder}/ca.crt`);
    await upload(fixture, 'ca.crl', input(`${folder}/published.crl`));
    await hours(fixture, 24);
    await upload(fixture, 'ca.crl', input(`${folder}/next.crl`));
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(derOf(`${folder}/next.crl`));
    await hours(fixture, 100);
    expect(notified(fixture)).toEqual([]);
  });
});

describe('06: a refused list expires', () => {
  const folder = '06-toomanymissing-ok-when-candidate-expires';

  test('is published where at most five entries left', () => {
    expect(
      verdictOf(judged(`${folder}/next.crl`, `${folder}/ca.crt`, `${folder}/published.crl`)),
    ).toBe('publish');
  });
});

describe('06 and 36 where more than five left: a refused list waits until it expires, and the published one, too', () => {
  /** Seven of eight entries are gone. */
  const played = async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca, { serials: serials(8) }));
    await upload(
      fixture,
      'ca.crl',
      aList(fixture.ca, { number: 8n, serials: serials(1), thisUpdateAt: NOW }),
    );
    await hours(fixture, 7 * 24 + 3);
    return fixture;
  };

  test('is one incident, never resolved, whatever rule comes first', async () => {
    const fixture = await played();
    const refused = notified(fixture).filter((one) => one.includes('CrlTooManyMissing'));
    expect(refused).toContain('opened ca.crl CrlTooManyMissing');
    expect(refused).toContain('updated ca.crl CrlTooManyMissing');
    expect(notified(fixture).filter((one) => one.startsWith('resolved'))).toEqual([]);
    expect(notified(fixture).some((one) => one.endsWith('CrlNextUpdatePassed'))).toBe(false);
  });

  test('by any reason that the catalogue has for refusals, and by no other', () => {
    const subject = fileSubject('ca.crl');
    const isRefusal = (reason: string) => troubleOf({ reason, subject }) === 'ca.crl refused';
    const refusals = [CRL_FORM_FINDINGS, CRL_SIGNATURE_FINDINGS, CRL_RULE_FINDINGS];
    expect(refusals.flatMap(Object.keys).every(isRefusal)).toBe(true);
    const others = Object.entries(CRL_FINDINGS).filter(([, { subjects }]) => subjects[0] === 'crl');
    expect(others.map(([reason]) => reason).filter(isRefusal)).toEqual([]);
  });

  test('has advice that names the list that waits, and the command', async () => {
    const fixture = await played();
    const texts = fixture.notifications.sent
      .filter(({ incidentId }) => incidentId.endsWith('CrlExpiring'))
      .map(({ text }) => text);
    expect(texts[0]).toContain('A newer ca.crl lies in the inbox and is refused (TooManyMissing)');
    expect(texts[0]).toContain('vpn-medic crl allow ca.crl --for 1h --why REASON');
    expect(texts[0]).not.toContain('as soon as their rule allows');
  });
});

describe('28: a CA begins to write a distribution point', () => {
  const folder = '28-distribution-point-added-by-ca-upgrade';

  test('is refused until an operator allows it, and then published', async () => {
    const fixture = aCase(`${folder}/ca.crt`);
    await upload(fixture, 'ca.crl', input(`${folder}/published.crl`));
    await upload(fixture, 'ca.crl', input(`${folder}/next.crl`));
    expect(notified(fixture)).toEqual(['opened ca.crl CrlDistributionPointOther']);
    expect(fixture.notifications.sent[0]?.text).toContain('vpn-medic crl allow');
    fixture.store.put(allowanceId('ca.crl'), writeAllowance(fixture.clock.now() + HOUR_MS));
    await look(fixture);
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(derOf(`${folder}/next.crl`));
  });
});

describe('36: a good list is held while the published one nears its end', () => {
  const folder = '36-expiring-advice-ignores-the-held-candidate';

  test('is published where at most five entries left', () => {
    expect(
      verdictOf(judged(`${folder}/next.crl`, `${folder}/ca.crt`, `${folder}/published.crl`)),
    ).toBe('publish');
  });
});

describe('41: what the SMS says', () => {
  test('of a list that expires while a newer one is refused: the time that is left', async () => {
    const fixture = aCrlFixture();
    await upload(fixture, 'ca.crl', aList(fixture.ca, { serials: serials(8) }));
    const fewer = aList(fixture.ca, { number: 8n, serials: serials(1), thisUpdateAt: NOW });
    await upload(fixture, 'ca.crl', fewer);
    await hours(fixture, 7 * 24);
    const texts = fixture.notifications.sent.filter(({ incidentId }) =>
      incidentId.endsWith('CrlExpiring'),
    );
    expect(texts.length).toBeGreaterThan(1);
    for (const { sms, subject } of texts) {
      expect(sms).toMatch(/CrlExpir(ing, expires in|ed, expired) \d+/);
      expect(subject).toMatch(/CrlExpir(ing .*expires in|ed .*expired) \d+/);
    }
  });

  const folder = '41-sms-says-s11-instead-of-the-news';

  test('a list that the pinned key signed, its name in another string type, is published without a word', async () => {
    const fixture = aCase(`${folder}/step.crt`);
    await upload(fixture, 'ca.crl', input(`${folder}/vault.crl`));
    expect(fixture.stateStore.bytes('ca.crl')).not.toBe(null);
    expect(notified(fixture)).toEqual([]);
  });

  test('a list of an unknown issuer is notified with the name of its file', async () => {
    const fixture = aCase('17-small-list-one-certificate-expired/ca.crt');
    await upload(fixture, 'vault.crl', input(`${folder}/vault.crl`));
    expect(notified(fixture)).toEqual(['opened vault.crl CrlIssuerUnknown']);
    expect(fixture.notifications.sent[0]?.sms).toContain('vault.crl');
  });
});

describe('23: step-ca writes its own address into the list', () => {
  const folder = '23-step-ca-default-distribution-point';

  test('is published with a warning that names both, and imported into no endpoint', async () => {
    const fixture = aCase(`${folder}/step.crt`);
    fixture.endpoints.add({ endpointId: 'cvpn-endpoint-0a', name: 'staff', fileName: 'ca.crl' });
    await upload(fixture, 'ca.crl', input(`${folder}/step.crl`));
    expect(fixture.stateStore.bytes('ca.crl')).toEqual(derOf(`${folder}/step.crl`));
    expect(fixture.endpoints.imports).toEqual([]);
    expect(new Set(notified(fixture))).toEqual(
      new Set(['opened ca.crl CrlScopeNarrow', 'opened cvpn-endpoint-0a CrlEndpointUnfit']),
    );
    const text = fixture.notifications.sent.map((one) => one.text).join('\n');
    expect(text).toContain('ca[.]acme[.]example/1.0/crl');
    expect(text).toContain('different CRL scope');
    await hours(fixture, 3);
    expect(notified(fixture).length).toBe(2);
  });
});

describe('24: the authority key identifier of another key', () => {
  const folder = '24-authority-key-id-of-another-key';

  test('is refused, and imported into no endpoint', async () => {
    const fixture = aCase(`${folder}/ca.crt`);
    fixture.endpoints.add({ endpointId: 'cvpn-endpoint-0a', name: 'staff', fileName: 'ca.crl' });
    await upload(fixture, 'ca.crl', input(`${folder}/ca.crl`));
    expect(fixture.stateStore.bytes('ca.crl')).toBe(null);
    expect(fixture.endpoints.imports).toEqual([]);
    expect(notified(fixture)).toContain('opened ca.crl CrlAuthorityKeyOther');
  });
});

describe('31: the pinned certificate cannot be read', () => {
  test('a list that is refused for its unknown issuer says that, and does not say that none lies there', async () => {
    const folder = '31-pinned-issuer-with-text-or-chain';
    const fixture = aCase();
    fixture.source.drop('issuers/ca.pem', Buffer.from('-----BEGIN CERTIFICATE-----\nMII'));
    await upload(fixture, 'ca.crl', input(`${folder}/crl.pem`));
    const one = fixture.notifications.sent.find(
      ({ attributes }) => attributes['reason'] === 'CrlIssuerUnknown',
    );
    expect(one?.text).toContain('pinned: none (not readable: 1 file)');
    expect(one?.text).toContain('- issuers: ca.pem');
  });
});

describe('49: entries of serial number 0', () => {
  const folder = '49-zero-serials';

  test('are published with a warning that counts them', async () => {
    const fixture = aCase(`${folder}/ca.crt`);
    await upload(fixture, 'ca.crl', input(`${folder}/ca.crl`));
    expect(fixture.stateStore.bytes('ca.crl')).not.toBe(null);
    expect(notified(fixture)).toEqual(['opened ca.crl CrlEntryOdd']);
    expect(fixture.notifications.sent[0]?.text).toContain('3 of 4 entries');
  });
});

describe('35: one odd entry', () => {
  const folder = '35-one-odd-entry-refuses-the-whole-list';

  test.each(['emptyexts', 'reason-int', 'reason7'])(
    '%s: is published with a warning that names its serial number',
    async (name) => {
      const fixture = aCase(`${folder}/ca.crt`);
      await upload(fixture, 'ca.crl', input(`${folder}/${name}.crl`));
      expect(fixture.stateStore.bytes('ca.crl')).not.toBe(null);
      expect(notified(fixture)).toEqual(['opened ca.crl CrlEntryOdd']);
      expect(fixture.notifications.sent[0]?.text).toMatch(/serial [0-9a-f]+: /);
    },
  );
});
