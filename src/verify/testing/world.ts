import type { ClusterView } from '../../cluster/view.ts';
import { predict } from '../../model/predict.ts';
import { formatFrom, formatTo } from '../../model/target.ts';
import type { Explanation, From, NamedTo, Prediction, To } from '../../model/types.ts';
import type { ProbeAnswer } from '../../probe/types.ts';
import type { VerifyProbe } from '../run.ts';
import { generator } from './random.ts';

/** How a damaged world differs: what a connection meets in place of what was predicted. */
export type Damage = (predicted: readonly Prediction[], request: VerifyProbe) => readonly Prediction[];

function answer({ outcome, endpoint, pod, source }: Prediction): ProbeAnswer {
  return {
    outcome,
    milliseconds: 1,
    ...(outcome !== 'delivered' || endpoint === undefined ? {} : { endpoint }),
    ...(pod === undefined ? {} : { pod }),
    ...(source === undefined ? {} : { source }),
  };
}

/** Predictions of a world without names. */
export function predictor(view: ClusterView) {
  return (from: From, to: To | NamedTo): Explanation => {
    if ('name' in to) throw new Error(`a name in a world without names: ${to.name}`);
    return predict(view, from, to);
  };
}

/** A probe that draws answers from the model's own predictions, damaged or not, by a seeded generator. */
export function world(view: ClusterView, seed: number, damage: Damage = (predicted) => predicted) {
  const random = generator(seed);
  const sticky = new Map<string, Prediction>();
  return async (requests: readonly VerifyProbe[]): Promise<readonly ProbeAnswer[]> =>
    requests.map((request) => {
      const { predicted, affinity } = predictor(view)(request.from, request.to);
      const possible = damage(predicted, request);
      const key = `${formatFrom(request.from)} ${formatTo(request.to)}`;
      const kept = affinity === undefined ? undefined : sticky.get(key);
      const drawn = kept ?? draw(possible, random());
      if (drawn === undefined) throw new Error('a world without outcomes');
      sticky.set(key, drawn);
      return answer(drawn);
    });
}

function draw(possible: readonly Prediction[], at: number): Prediction | undefined {
  const total = possible.reduce((sum, { probability }) => sum + probability, 0);
  let sum = 0;
  for (const one of possible) {
    sum += one.probability;
    if (at * total < sum) return one;
  }
  return possible.at(-1);
}
