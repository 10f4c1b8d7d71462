import type { IP } from '../../net/address.ts';
import type { Fraction } from '../fraction.ts';
import type { Hook, Packet, RuleHit, WalkOutcome } from './types.ts';

/** Something that happened to a packet on its way, in order. */
export type Happening =
  | { readonly kind: 'rule'; readonly hook: Hook; readonly hit: RuleHit }
  | {
      readonly kind: 'route';
      readonly text: string;
      readonly line?: number;
      readonly device?: string;
      readonly local: boolean;
    }
  | { readonly kind: 'nat'; readonly text: string };

/** One possible way of a packet so far. */
export interface Course {
  readonly packet: Packet;
  readonly share: Fraction;
  readonly trail: readonly Happening[];
  readonly shadowed: readonly RuleHit[];
  readonly assumed: readonly string[];
  /** Set when the source was rewritten to an address that the dump does not tell. */
  readonly sourceUnknown?: boolean;
  /** Set when a rule on OUTPUT changed what routing decides by, so that it is asked again. */
  readonly reroute?: true;
  /** Whether NAT has been decided for the connection, of its destination and of its source. */
  readonly natted: { readonly destination: boolean; readonly source: boolean };
}

/** Where one way ends. */
export interface Ending {
  readonly course: Course;
  readonly outcome: WalkOutcome;
  /** A short sentence: what ended it. */
  readonly why: string;
  /** The local process that gets the packet, or the device that it leaves by. */
  readonly at?: { readonly local: true } | { readonly device: string | undefined; readonly gateway?: IP };
}

/** Ways that go on and ways that have ended. */
export interface Progress {
  readonly courses: readonly Course[];
  readonly endings: readonly Ending[];
}

/** The course with more on its trail. */
export function withHappening(course: Course, ...more: readonly Happening[]): Course {
  return { ...course, trail: [...course.trail, ...more] };
}

/** The course with another thing that was taken for granted. */
export function assuming(course: Course, ...texts: readonly (string | undefined)[]): Course {
  const more = texts.filter((text) => text !== undefined && !course.assumed.includes(text));
  return more.length === 0 ? course : { ...course, assumed: [...course.assumed, ...more.map(String)] };
}

/** Lets every course go one step further. */
export function advance(progress: Progress, step: (course: Course) => Progress): Progress {
  const endings = [...progress.endings];
  const courses: Course[] = [];
  for (const course of progress.courses) {
    const next = step(course);
    courses.push(...next.courses);
    endings.push(...next.endings);
  }
  return { courses, endings };
}

/** A way that ends. */
export function ended(course: Course, outcome: WalkOutcome, why: string, at?: Ending['at']): Progress {
  return { courses: [], endings: [{ course, outcome, why, ...(at === undefined ? {} : { at }) }] };
}

/** A way that goes on. */
export function going(...courses: readonly Course[]): Progress {
  return { courses, endings: [] };
}
