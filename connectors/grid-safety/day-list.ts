import type { Clock } from '../../runtime/clock.ts';
import { HubError } from '../../runtime/errors.ts';
import { exchange, type HttpLimits } from '../transports/http/exchange.ts';
import { asNumber, readEnvelope, tokenRefused } from '../transports/paged-json/answer.ts';
import { sign } from '../transports/webhook/index.ts';

/** The platform's list of the events of a day: `GET <baseUrl>/events?date=2026-03-10&pageNo=1&pageSize=200`, signed. */
export interface DayList extends HttpLimits {
  readonly connector: string;
  readonly baseUrl: string;
  /** The platform takes one of them. */
  readonly secrets: readonly string[];
  readonly pageSize: number;
}

export interface DayPage {
  /** Events as they were written. */
  readonly events: readonly Uint8Array[];
  /** With it the day has been read as a whole. */
  readonly completes: boolean;
}

type Io = { readonly clock: Clock; readonly signal: AbortSignal };

/** A list whose number of events changes while it is read is read again; so often, at most, before HUB_SOURCE_UNSTABLE. */
const maxPasses = 5;
/** A district has some 250 events a day: a list that goes on beyond this repeats itself. */
const maxPages = 1_000;

/** Tries address, secret and right by asking for one event. Throws what `readDay` throws. */
export const checkDayList = async (list: DayList, day: string, io: Io): Promise<void> =>
  void (await readPage({ ...list, pageSize: 1 }, day, 1, io));

/**
 * Events are sorted by nothing that we know of, and come and go while the list is read (late uploads, new numbers): only a pass in which
 * the total stayed the same, and as many events were seen, counts as complete. What `pass` gave before is given again, and absorbed.
 *
 * Throws HubErrors, all retriable but HUB_SOURCE_REFUSED; see `exchange` and `readEnvelope`.
 */
export async function* readDay(list: DayList, day: string, io: Io): AsyncGenerator<DayPage, void, void> {
  for (let pass = 1; pass <= maxPasses; pass++) {
    let seen = 0;
    let firstTotal: number | null = null;
    for (let pageNo = 1; ; pageNo++) {
      const { events, total, where } = await readPage(list, day, pageNo, io);
      seen += events.length;
      if (pageNo === 1) firstTotal = total;
      // Without a total the list ends with an empty page: a short one may be the platform's own limit.
      const isEnd = events.length === 0 || (total !== null && seen >= total);
      const completes = isEnd && total === firstTotal && (total === null || seen === total);
      yield { events, completes };
      if (completes) return;
      if (isEnd) break;
      if (pageNo === maxPages) {
        throw new HubError(
          'HUB_SOURCE_PROTOCOL',
          `${where}: got ${maxPages} pages and no end, expected a list of one day`,
        );
      }
    }
  }
  const message = `${list.connector}: events of ${day}: their number did not match data.total in ${maxPasses} passes`;
  throw new HubError('HUB_SOURCE_UNSTABLE', message);
}

async function readPage(list: DayList, day: string, pageNo: number, io: Io) {
  const query = new URLSearchParams({
    date: day,
    pageNo: String(pageNo),
    pageSize: String(list.pageSize),
  });
  const url = new URL(`${list.baseUrl.replace(/\/+$/, '')}/events?${query}`);
  const where = `${list.connector}: GET ${url.origin}${url.pathname}${url.search}`;
  for (const secret of list.secrets) {
    const signed = sign(secret, `GET ${url.pathname}${url.search}`, io.clock.now());
    const headers = { accept: 'application/json', ...signed };
    const answer = await exchange(where, { method: 'GET', url: url.href, headers }, list, io);
    const envelope = readEnvelope(where, answer, io.clock.now());
    if (envelope === tokenRefused) continue;
    if (envelope.list === null) {
      throw new HubError('HUB_SOURCE_PROTOCOL', `${where}: got no data.list, expected a list of events`);
    }
    const total = asNumber(envelope.data.total);
    return { events: envelope.list.map(({ bytes }) => bytes), total, where };
  }
  const message = `${where}: signature refused; check secrets, and the clocks of this machine and the platform`;
  throw new HubError('HUB_SOURCE_REFUSED', message);
}
