// Pages with the element and a live socket that a test leads: what the tests of <nopass-login> share.
import { after, before } from 'node:test';
import { assertNoFaults, eventually, launch, openPage } from './stage.mjs';
import { StandIn } from './stand_in.mjs';

/** Called once by a test file: `browser` and `live` are there from its first test to its last. */
export function useElement() {
  const stage = {
    /** A test on a page whose element listens to a ticket: `work(page, ticket)`. */
    shown: (work, attributes, options) => async () => {
      const page = await openPage(stage.browser, options);
      try {
        const ticket = stage.live.ticket();
        await page.goto(stage.live.page(ticket, attributes));
        await eventually(() => ticket.streams.size === 1, 'the element listens');
        await work(page, ticket);
        assertNoFaults(page);
      } finally {
        await page.context().close();
      }
    },
  };
  before(async () => { [stage.browser, stage.live] = await Promise.all([launch(), StandIn.start()]); });
  after(async () => { await stage.browser?.close(); await stage.live?.stop(); });
  return stage;
}
