using System;
using System.Collections.Immutable;
using System.Linq;

namespace MobileNetGen.Weights.Formats.TensorFlowLite;

/// <content>What other operators take in: paddings, activations, and reshapes that change nothing.</content>
internal sealed partial class NetworkBuilder
{
    private void AddPad(StoredOperator step)
    {
        bool stated = step.Code == BuiltinOperator.PadV2;
        CheckInputs(step, stated ? 3 : 2, stated ? 3 : 2);
        int source = step.Inputs[0];
        int value = Read(step.Place, source);
        ImmutableArray<int> map = Map(step, source);
        SourceValue before = _flows[value].Value;
        ImmutableArray<long> sizes = _constants.Integers(step, step.Inputs[1], 8);
        if (sizes is not [0, 0, var top, var bottom, var left, var right, 0, 0] || sizes.Any(size => size is < 0 or > 1024))
            throw new WeightsException($"{step.Place}, pads by [{string.Join(", ", sizes)}]; up to 1024 rows and columns around the map, and nothing else, were expected.");
        if (stated && (!_constants.IsConstant(step.Inputs[2]) || !_constants.IsNumber(step, step.Inputs[2], 0, before)))
            throw new WeightsException($"{step.Place}, pads with something else than zero, or than the zero point; a convolution's own padding was expected.");

        int target = Unwritten(step.Place, step.Outputs[0]);
        CheckShape(step, target, [1, (int)(map[1] + top + bottom), (int)(map[2] + left + right), map[3]]);
        CheckUnchanged(step, before, AsValue(step.Place, target));
        _padded.Add(target, new Padded(step, source, value, SourcePadding.Explicit((int)top, (int)left, (int)bottom, (int)right)));
    }

    private void AddReshape(StoredOperator step)
    {
        CheckInputs(step, 1, 2);
        int value = Read(step.Place, step.Inputs[0]);
        int target = Unwritten(step.Place, step.Outputs[0]);
        StoredTensor before = _model.Tensor(step.Inputs[0]);
        StoredTensor after = _model.Tensor(target);
        if (!before.Shape.Where(size => size != 1).SequenceEqual(after.Shape.Where(size => size != 1)))
        {
            throw new WeightsException(
                $"{step.Place}, makes [{string.Join(", ", after.Shape)}] of [{string.Join(", ", before.Shape)}]; in a MobileNet it only adds or drops dimensions of size 1.");
        }

        CheckUnchanged(step, _flows[value].Value, AsValue(step.Place, target));
        _valueOf[target] = value + 1;
        _flows[value].Shared |= _readers[step.Inputs[0]] != 1 || _readers[target] != 1;
    }

    /// <summary>MINIMUM with 6 and MAXIMUM with 0, in either order and with their operands in either order.</summary>
    private void AddBound(StoredOperator step)
    {
        CheckInputs(step, 2, 2);
        (int tensor, int bound) = _constants.IsConstant(step.Inputs[0]) ? (step.Inputs[1], step.Inputs[0]) : (step.Inputs[0], step.Inputs[1]);
        float number = step.Code == BuiltinOperator.Minimum ? 6 : 0;
        SourceValue value = _flows[Read(step.Place, tensor, takesCapped: true)].Value;
        if (!_constants.IsConstant(bound) || !_constants.IsNumber(step, bound, number, value))
            throw new WeightsException($"{step.Place}, has a bound other than {number}; a MobileNet's activations are ReLU and ReLU6.");
        Activate(step, tensor, step.Code);
    }

    /// <summary>Makes an operator that only bounds a value part of the operator that produces the value.</summary>
    private void Activate(StoredOperator step, int tensor, int bound)
    {
        int value = Read(step.Place, tensor, takesCapped: true);
        Flow flow = _flows[value];
        if (flow.Producer < 0 || flow.Shared || _readers[tensor] != 1 || ActivationOf(_operators[flow.Producer]) is not { } before)
        {
            throw new WeightsException(
                $"{step.Place}, does not directly and alone follow a convolution, a fully connected layer or an addition, whose activation it would be.");
        }


        int target = Unwritten(step.Place, step.Outputs[0]);
        CheckShape(step, target, _model.Tensor(tensor).Shape);
        SourceValue after = AsValue(step.Place, target);
        CheckUnchanged(step, flow.Value, after);

        bool below = before != SourceActivation.None || bound != BuiltinOperator.Minimum;
        bool above = before == SourceActivation.Relu6 || flow.Capped is not null || bound is BuiltinOperator.Relu6 or BuiltinOperator.Minimum;
        flow.Capped = below ? null : step;
        flow.Value = after;
        flow.Shared = _readers[target] != 1;
        _valueOf[target] = value + 1;
        if (below)
            _operators[flow.Producer] = WithActivation(_operators[flow.Producer], above ? SourceActivation.Relu6 : SourceActivation.Relu);
    }

    private static SourceActivation? ActivationOf(SourceOperator step) => step switch
    {
        SourceConvolution s => s.Activation,
        SourceDepthwise s => s.Activation,
        SourceDense s => s.Activation,
        SourceAdd s => s.Activation,
        _ => null,
    };

    private static SourceOperator WithActivation(SourceOperator step, SourceActivation activation) => step switch
    {
        SourceConvolution s => s with { Activation = activation },
        SourceDepthwise s => s with { Activation = activation },
        SourceDense s => s with { Activation = activation },
        SourceAdd s => s with { Activation = activation },
        _ => throw new InvalidOperationException($"{step.Place} has no activation."),
    };
}
