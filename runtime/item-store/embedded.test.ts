import { itemStoreContract, type OpenItemStore } from '../../test/contract/item-store.ts';
import { temporaryFolder } from '../../test/support/embedded-log.ts';
import { silentLogger } from '../telemetry.ts';
import { openItemStore, openItemStoreWriter } from './embedded.ts';

const open: OpenItemStore = async (log, serde) => {
  const folder = temporaryFolder();
  const anew = () => ({
    store: openItemStore(folder.path, log, serde),
    writer: openItemStoreWriter(folder.path, silentLogger),
  });
  let sides = anew();
  const closeSides = async () => {
    await sides.store.close();
    await sides.writer.close();
  };
  return {
    get store() {
      return sides.store;
    },
    get writer() {
      return sides.writer;
    },
    rival: async () => openItemStoreWriter(folder.path, silentLogger),
    async reopen() {
      await closeSides();
      sides = anew();
    },
    async close() {
      await closeSides();
      folder.remove();
    },
  };
};

itemStoreContract('the embedded form', open);
