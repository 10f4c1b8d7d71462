import test from 'ava';
import { LabError } from '../errors.ts';
import { requestJSON, requestLines, requestText } from './http.ts';
import { labLocation } from './locate.ts';
import { type Answer, makeRunDir, startFakeLab } from './testing/fake-lab.ts';

async function withLab<T>(answer: Answer, work: (fake: Awaited<ReturnType<typeof startFakeLab>>) => Promise<T>) {
  const { runDir, remove } = makeRunDir();
  const fake = await startFakeLab(runDir, 'demo', answer);
  try {
    return await work(fake);
  } finally {
    await fake.end();
    remove();
  }
}

/** The error that the work ends with. */
async function failure(work: Promise<unknown>): Promise<LabError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof LabError) return thrown;
  throw new Error(`no LabError but ${thrown}`);
}

test('sends JSON and parses the answer', async (t) => {
  await withLab(
    () => ({ body: { ok: true } }),
    async ({ lab, received }) => {
      const answer = await requestJSON(lab, { method: 'PATCH', path: '/x', body: { a: 'é' }, contentType: 'a/b' });
      t.deepEqual(answer, { ok: true });
      t.deepEqual(received, [{ method: 'PATCH', path: '/x', contentType: 'a/b', body: { a: 'é' } }]);
    },
  );
});

test('an answer without a body is undefined', async (t) => {
  await withLab(
    () => ({ status: 202, body: '' }),
    async ({ lab }) => t.is(await requestJSON(lab, { path: '/' }), undefined),
  );
});

test('text is given as it is', async (t) => {
  await withLab(
    () => ({ body: '*nat\nCOMMIT\n' }),
    async ({ lab }) => t.is(await requestText(lab, { path: '/' }), '*nat\nCOMMIT\n'),
  );
});

test("the lab's own errors come through whole", async (t) => {
  const all = [{ code: 'conflict', message: 'taken', object: 1, field: 'spec.clusterIP', hint: 'Take another.' }];
  await withLab(
    () => ({ status: 409, body: { error: { code: 'conflict', message: '1 fault', all } } }),
    async ({ lab }) => {
      const error = await failure(requestJSON(lab, { path: '/' }));
      t.is(error.code, 'conflict');
      t.like(error.all[0], { code: 'conflict', object: 1, field: 'spec.clusterIP', hint: 'Take another.' });
    },
  );
});

const statuses: readonly (readonly [body: unknown, status: number, code: string, message: string])[] = [
  [{ kind: 'Status', reason: 'NotFound', message: 'pods "x" not found' }, 404, 'not-found', 'pods "x" not found'],
  [{ kind: 'Status', reason: 'AlreadyExists', message: 'there' }, 409, 'already-exists', 'there'],
  [{ kind: 'Status', reason: 'Invalid', message: 'bad' }, 422, 'invalid-object', 'bad'],
  [{ error: { code: 'no such code', message: 'x' } }, 500, 'internal', 'the lab answered 500'],
  ['oops', 500, 'internal', 'the lab answered 500: oops'],
];
for (const [body, status, code, message] of statuses) {
  test(`an answer ${status} with ${JSON.stringify(body)} is ${code}`, async (t) => {
    await withLab(
      () => ({ status, body }),
      async ({ lab }) => {
        const error = await failure(requestJSON(lab, { path: '/' }));
        t.deepEqual([error.code, error.message], [code, message]);
      },
    );
  });
}

test('lines come as they are written, however they are cut', async (t) => {
  const chunks = ['{"n":1}\n{"n"', ':2}\n\n{"t":"', 'ü"}\n{"n":4}'];
  const answer: Answer = (_, response) => {
    const write = ([first, ...rest]: readonly string[]): void => {
      if (first === undefined) response.end();
      else response.write(first, () => setTimeout(() => write(rest), 5));
    };
    write(chunks);
    return undefined;
  };
  await withLab(answer, async ({ lab }) => {
    const lines: unknown[] = [];
    for await (const line of requestLines(lab, { path: '/' })) lines.push(line);
    t.deepEqual(lines, [{ n: 1 }, { n: 2 }, { t: 'ü' }, { n: 4 }]);
  });
});

test('a lab that ends before it answers has died', async (t) => {
  const answer: Answer = (_, response) => {
    response.destroy();
    return undefined;
  };
  await withLab(answer, async ({ lab }) => t.is((await failure(requestJSON(lab, { path: '/' }))).code, 'lab-died'));
});

test('a lab that ends in the middle of an answer has died', async (t) => {
  const answer: Answer = (_, response) => {
    response.write('{"n":1}\n', () => response.destroy());
    return undefined;
  };
  await withLab(answer, async ({ lab }) => {
    const lines: unknown[] = [];
    const read = async () => {
      for await (const line of requestLines(lab, { path: '/' })) lines.push(line);
    };
    t.is((await failure(read())).code, 'lab-died');
    t.deepEqual(lines, [{ n: 1 }]);
    t.is((await failure(requestText(lab, { path: '/' }))).code, 'lab-died');
  });
});

test('a lab that does not run is named, with how to start it', async (t) => {
  const { runDir, remove } = makeRunDir();
  const error = await failure(requestJSON(labLocation('demo', runDir), { path: '/' }));
  remove();
  t.is(error.code, 'no-such-lab');
  t.true(error.message.includes('"demo"') && error.hint?.includes('svclab up --name demo'));
});

test('an aborted request ends with the reason of the signal', async (t) => {
  await withLab(
    () => undefined,
    async ({ lab }) => {
      const work = requestJSON(lab, { path: '/', signal: AbortSignal.timeout(20) });
      await t.throwsAsync(work, { name: 'AbortError' });
    },
  );
});
