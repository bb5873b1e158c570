/** A button on the dashboard or in chat: acknowledges one open incident, and can write nothing else. */
import { storePort } from '../lib/aws/dynamoDb/store.ts';
import { handlerOf } from '../lib/aws/handler.ts';
import { memoize } from '../lib/aws/memoize.ts';
import { type Clock, systemClock as clock } from '../lib/core/time.ts';
import { acknowledge } from '../lib/incidents/acknowledge.ts';
import { readAckRequest } from '../lib/incidents/ackRequest.ts';
import { answerAck } from '../lib/map/ackAnswer.ts';
import { readSettings, type Settings } from '../lib/settings.ts';

type Place = Pick<Settings, 'homeRegion' | 'stateTable'> & { readonly clock: Clock };

const storeOf = memoize((place: Place) =>
  storePort(place.homeRegion, place.stateTable, place.clock),
);

export const handler = handlerOf({
  settings: readSettings,
  parse: (event, { requestId }) => readAckRequest(event, requestId),
  run: async (request, { settings, signal }) => {
    const { homeRegion, stateTable, regions } = settings;
    const store = storeOf({ homeRegion, stateTable, clock });
    const answer = await acknowledge(store, request, { regions, now: clock.now, signal });
    return answerAck(answer, request);
  },
});
