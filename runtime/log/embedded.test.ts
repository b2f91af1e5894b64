import { logContract } from '../../test/contract/log.ts';
import { openEmbedded } from '../../test/support/embedded-log.ts';

logContract('The embedded log', openEmbedded);
