import type { MessagePort } from 'node:worker_threads';
import type { WriterAssembly } from './assembly.ts';
import { intakeMethods } from './intake-port.ts';
import { serve } from './rpc.ts';
import { sinkEnd } from './sink-group.ts';

export type PortRole = 'admin' | 'intake' | 'sink';

/** The writer's ends of the ports over which the main thread and the parts reach it. */
export interface WriterPorts {
  /** A second port of the same role and name closes the first. */
  attach(role: PortRole, name: string, port: MessagePort): void;
  close(): void;
}

export function writerPorts({ admin, openIntake, log }: WriterAssembly): WriterPorts {
  const ports = new Map<string, MessagePort>();

  function serveSink(name: string, port: MessagePort): void {
    const { methods, close } = sinkEnd(log, name);
    serve(port, methods);
    // What goes wrong with a member that is let go harms nobody: its session runs out.
    port.on('close', () => void close().catch(() => {}));
  }

  return {
    attach(role, name, port) {
      const key = `${role}/${name}`;
      ports.get(key)?.close();
      ports.set(key, port);
      if (role === 'sink') serveSink(name, port);
      else serve(port, role === 'admin' ? admin : intakeMethods(() => openIntake(name)));
    },
    close() {
      for (const port of ports.values()) port.close();
    },
  };
}
