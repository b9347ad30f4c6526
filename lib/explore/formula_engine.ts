// deno-lint-ignore-file no-explicit-any
/**
 * @module What `numerics` needs of mathjs, put together from its factories: a page carries a fraction of the ready-made `parse`.
 *
 * mathjs' own `parse` links every function it knows, so that trees can be evaluated. This project's trees never are: they
 * are differentiated and written to a tape. The bundler of explorers puts this file in the place of `mathjs/number`.
 */
import * as mathjs from "mathjs/number";

export {
  erf,
  isConstantNode,
  isFunctionNode,
  isOperatorNode,
  isParenthesisNode,
  isSymbolNode,
} from "mathjs/number";

// Every call is marked pure and spreads nothing, so that a script without formulas, as that of a live training, carries none of this.
// mathjs declares no types for its factories. The cast stands at every use: a bundler drops what a namespace does not
// name, and keeps all of it when it is passed on.
// Its own `typed`, since a second `parse` on the same one is refused: the tests load both.
const typed = /* @__PURE__ */ (mathjs as any).createTyped({});
/** Named by a node type that formulas refuse before it could be used. */
const unused = (): never => {
  throw new TypeError("a formula is never evaluated by mathjs");
};

const Node = /* @__PURE__ */ (mathjs as any).createNode({ mathWithTransform: {} });
const AccessorNode = /* @__PURE__ */ (mathjs as any).createAccessorNode({ Node, subset: unused });
const ArrayNode = /* @__PURE__ */ (mathjs as any).createArrayNode({ Node });
const AssignmentNode = /* @__PURE__ */ (mathjs as any).createAssignmentNode({
  matrix: unused,
  Node,
  subset: unused,
});
const BlockNode = /* @__PURE__ */ (mathjs as any).createBlockNode({ Node, ResultSet: unused });
const ConditionalNode = /* @__PURE__ */ (mathjs as any).createConditionalNode({ Node });
/** A number in a tree. */
export const ConstantNode: any = /* @__PURE__ */ (mathjs as any).createConstantNode({
  Node,
  isBounded: (mathjs as any).isBounded,
});
const FunctionAssignmentNode = /* @__PURE__ */ (mathjs as any).createFunctionAssignmentNode({ Node, typed });
/** A name in a tree. */
export const SymbolNode: any = /* @__PURE__ */ (mathjs as any).createSymbolNode({ Node, math: {} });
/** A call in a tree. */
export const FunctionNode: any = /* @__PURE__ */ (mathjs as any).createFunctionNode({
  Node,
  SymbolNode,
  math: {},
});
const IndexNode = /* @__PURE__ */ (mathjs as any).createIndexNode({ Node, size: unused });
const ObjectNode = /* @__PURE__ */ (mathjs as any).createObjectNode({ Node });
/** An operator in a tree. */
export const OperatorNode: any = /* @__PURE__ */ (mathjs as any).createOperatorNode({ Node });
const ParenthesisNode = /* @__PURE__ */ (mathjs as any).createParenthesisNode({ Node });
const RangeNode = /* @__PURE__ */ (mathjs as any).createRangeNode({ Node });
const RelationalNode = /* @__PURE__ */ (mathjs as any).createRelationalNode({ Node });

const config = { number: "number", numberFallback: "number" };

/** Text to tree. */
export const parse: any = /* @__PURE__ */ (mathjs as any).createParse({
  ConstantNode,
  FunctionNode,
  OperatorNode,
  ParenthesisNode,
  SymbolNode,
  AccessorNode,
  ArrayNode,
  AssignmentNode,
  BlockNode,
  ConditionalNode,
  FunctionAssignmentNode,
  IndexNode,
  ObjectNode,
  RangeNode,
  RelationalNode,
  config,
  numeric: mathjs.numeric,
  typed,
});

/** Tree to the tree of its derivative; ask for `simplify: false`. */
export const derivative: any = /* @__PURE__ */ (mathjs as any).createDerivative({
  ConstantNode,
  FunctionNode,
  OperatorNode,
  ParenthesisNode,
  SymbolNode,
  config,
  equal: mathjs.equal,
  isZero: mathjs.isZero,
  numeric: mathjs.numeric,
  parse,
  simplify: unused,
  typed,
});
