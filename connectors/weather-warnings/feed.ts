import { isMarkup, readAlert, readXml } from './cap.ts';

/** What the address of a feed answers: the alerts themselves, or where they are. */
export interface FeedAnswer {
  readonly alerts: readonly Uint8Array[];
  readonly links: readonly Link[];
}

export interface Link {
  readonly href: string;
  /** Changes when what lies there does: address and time of the entry. */
  readonly key: string;
}

type Node = Readonly<Record<string, unknown>>;

/**
 * One alert as XML or JSON; `{"alerts": […]}` or a list of them as JSON; an Atom or RSS list of links to alerts. Null when it is none of these,
 * or broken off.
 */
export function readFeed(body: Uint8Array): FeedAnswer | null {
  const text = new TextDecoder().decode(body);
  if (!isMarkup(text)) return readJson(text, body);
  const { value } = readXml(text);
  if (value === undefined) return null;
  if (value.alert !== undefined) return { alerts: [body], links: [] };
  const { feed, rss } = value as { feed?: Node; rss?: { channel?: Node } };
  if (feed !== undefined) return { alerts: [], links: nodes(feed.entry).flatMap(atomLink) };
  if (rss !== undefined) return { alerts: [], links: nodes(rss.channel?.item).flatMap(rssLink) };
  return null;
}

/** Is it an alert whole enough to be kept as the last word of its address? */
export const isAlert = (body: Uint8Array): boolean =>
  readAlert(new TextDecoder().decode(body)).problem === undefined;

function readJson(text: string, body: Uint8Array): FeedAnswer | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const list = Array.isArray(json) ? json : (json as { alerts?: unknown } | null)?.alerts;
  if (Array.isArray(list))
    return { alerts: list.map((alert) => Buffer.from(JSON.stringify(alert))), links: [] };
  return typeof json === 'object' && json !== null ? { alerts: [body], links: [] } : null;
}

/** A list of one is no list in parsed XML, an empty element is a text. */
const nodes = (found: unknown): Node[] =>
  (Array.isArray(found) ? found : [found]).filter(
    (one): one is Node => typeof one === 'object' && one !== null,
  );

function atomLink(entry: Node): Link[] {
  const links = nodes(entry.link);
  const chosen = links.find((link) => String(link['@type']).includes('cap')) ?? links[0];
  const href = chosen?.['@href'];
  return typeof href === 'string'
    ? [{ href, key: `${href} ${String(entry.updated ?? entry.id ?? '')}` }]
    : [];
}

function rssLink(item: Node): Link[] {
  const { link, guid, pubDate } = item;
  return typeof link === 'string' ? [{ href: link, key: `${link} ${String(pubDate ?? guid ?? '')}` }] : [];
}
