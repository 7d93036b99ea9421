# score: 3
# why: H(X|Y) in place of H(Y|X) throughout
# %% solution
def entropy_bits(p):
    p = np.asarray(p, dtype=float)
    p = p[p > 0]
    return -(p * np.log2(p)).sum()


def chain_rule(p_xy):
    p_xy = np.asarray(p_xy, dtype=float)
    p_x = p_xy.sum(axis=1)
    p_y = p_xy.sum(axis=0)
    given_x = sum(p * entropy_bits(row / p) for p, row in zip(p_y, p_xy.T) if p > 0)
    return entropy_bits(p_xy), entropy_bits(p_x), given_x


def mutual_information_two_ways(p_xy):
    p_xy = np.asarray(p_xy, dtype=float)
    xy, y, given_y = chain_rule(p_xy.T)
    x = entropy_bits(p_xy.sum(axis=1))
    return x + y - xy, x - given_y


def chain_terms(p):
    p = np.asarray(p, dtype=float)
    terms, before = [], 0.0
    for k in range(1, p.ndim + 1):
        joint = entropy_bits(p.sum(axis=tuple(range(k, p.ndim))))
        terms.append(joint - before)
        before = joint
    return terms
