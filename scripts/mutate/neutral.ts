/** Why it makes no difference how source ports are drawn. */
export const randomOnly = 'Which of the free source ports a masqueraded connection gets; it is a free one either way.';
